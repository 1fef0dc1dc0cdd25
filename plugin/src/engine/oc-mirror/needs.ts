import type { ImageSetDocument } from '../../imageset/document';
import type { Finding } from '../../system/errors';
import { errorOfFindings } from '../../system/errors';
import { keyMergedRefused, needsNewerOcMirror } from './errors';
import { capabilitiesOf } from './version';

/** What this oc-mirror refuses in a configuration although others accept it, each with its place in the file. */
export function refusedBy(version: string, document: ImageSetDocument): Finding[] {
  return [...tooNewFor(version, document), ...mergedTwiceFor(version, document)];
}

function mergedTwiceFor(version: string, { mergedTwice }: ImageSetDocument): Finding[] {
  return capabilitiesOf(version).keysOnce ? mergedTwice.map((merged) => keyMergedRefused({ ...merged, version })) : [];
}

/** Keys of the configuration that this oc-mirror does not know, each with its place in the file. */
function tooNewFor(version: string, document: ImageSetDocument): Finding[] {
  const { additionalImageTargets, platforms } = capabilitiesOf(version);
  const findings: Finding[] = [];
  const need = (path: readonly PropertyKey[], what: string, since: string): void => {
    const at = { file: document.file, ...document.positionOf(path) };
    findings.push(needsNewerOcMirror({ at, what, since, severity: 'error' }));
  };
  const visit = (value: unknown, path: readonly PropertyKey[]): void => {
    if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...path, index]));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        const here = [...path, key];
        const inAdditional = path[1] === 'additionalImages';
        if (!platforms && key === 'platforms') need(here, '`platforms`', '4.23');
        if (!additionalImageTargets && inAdditional && (key === 'targetRepo' || key === 'targetTag')) {
          need(here, `\`${key}\` of an additional image`, '4.22');
        }
        visit(item, here);
      }
    }
  };
  visit(document.config.mirror, ['mirror']);
  return findings;
}

/**
 * Refuses, before anything is started, what oc-mirror would refuse later.
 *
 * @throws SEQ0440 or SEQ0126 naming the first such key, the others with it
 */
export function ensureKnown(version: string, document: ImageSetDocument): void {
  const mergedTwice = mergedTwiceFor(version, document);
  if (mergedTwice.length > 0) throw errorOfFindings(mergedTwice);
  const tooNew = tooNewFor(version, document);
  if (tooNew.length === 0) return;
  const next = 'Update oc-mirror, or remove the key from the imageset configuration';
  throw errorOfFindings(
    tooNew.map((finding) => ({ ...finding, what: `${finding.what}; version ${version} is installed`, next })),
  );
}
