/** All that can be wrong with an imageset configuration, in words. Rules of oc-mirror: internal/pkg/config/validate.go. */
import type { Explanation, Finding, Position } from '../system/errors';
import { printable } from '../system/printable';
import { shown } from './credentials';

interface Where {
  readonly at: Position;
}

const error = (explanation: Explanation): Finding => ({ severity: 'error', ...explanation });
const warning = (explanation: Explanation): Finding => ({ severity: 'warning', ...explanation });
const line = ({ line: number }: Position): string => `line ${number ?? 1}`;

// --- Shape

export function keyUnknown(
  unknown: Where & { key: string; of: string; meant: string | undefined; known: readonly string[] },
): Finding {
  const { at, key, of, meant, known } = unknown;
  return error({
    code: 'SEQ0101',
    at,
    what: `${shown(key)} is not a key of ${of}`,
    why: 'oc-mirror refuses the whole file for one unknown key',
    next: meant === undefined ? `Its keys are ${known.join(', ')}` : `Did you mean \`${meant}\`?`,
  });
}

export function keyOfVersion1({ at, key, next }: Where & { key: string; next: string }): Finding {
  return error({
    code: 'SEQ0105',
    at,
    what: `\`${key}\` is a key of oc-mirror v1; v2 does not have it`,
    why: 'oc-mirror v2 refuses the whole file for it',
    next,
  });
}

export function apiVersionOther({ at, apiVersion }: Where & { apiVersion: string | undefined }): Finding {
  return warning({
    code: 'SEQ0106',
    at,
    what: apiVersion === undefined ? 'There is no `apiVersion`' : `\`apiVersion\` is ${shown(apiVersion)}`,
    why: 'oc-mirror v2 reads the file as mirror.openshift.io/v2alpha1 whatever it says; other tools and people go by it',
    next: 'Write `apiVersion: mirror.openshift.io/v2alpha1`',
  });
}

export function kindOther({ at, kind }: Where & { kind: unknown }): Finding {
  const isDelete = kind === 'DeleteImageSetConfiguration';
  return error({
    code: 'SEQ0107',
    at,
    what:
      kind === undefined
        ? 'There is no `kind`'
        : `\`kind\` is ${typeof kind === 'string' ? shown(kind) : 'not a text'}, not \`ImageSetConfiguration\``,
    ...(isDelete
      ? { why: 'A sequence mirrors images; a DeleteImageSetConfiguration deletes them from a registry' }
      : {}),
    next: isDelete ? 'Give the imageset configuration instead' : 'Write `kind: ImageSetConfiguration`',
  });
}

export function deleteBesideMirror({ at }: Where): Finding {
  return error({
    code: 'SEQ0107',
    at,
    what: '`delete` is not a key of an imageset configuration',
    why: 'What is to be deleted from a registry has a file of its own, of kind DeleteImageSetConfiguration',
    next: 'Move it there',
  });
}

export function keyMissing({ at, key, of }: Where & { key: string; of: string }): Finding {
  return error({ code: 'SEQ0108', at, what: `${of} has no \`${key}\``, next: `Add \`${key}\`` });
}

export function valueOfOtherType(
  value: Where & { of: string; expected: string; found: string; written?: string | undefined },
): Finding {
  const { at, of, expected, found, written } = value;
  const isPlain = written !== undefined && written !== '';
  const quote = isPlain && expected.startsWith('a text');
  const read = isPlain && written !== found ? `${shown(written)}, which YAML reads as ${found}` : found;
  return error({
    code: 'SEQ0108',
    at,
    what: `${of} must be ${expected}; this is ${read}`,
    ...(quote ? { next: `Put it in quotes: "${printable(written)}"` } : {}),
  });
}

export function controlCharacter({ at, text }: Where & { text: string }): Finding {
  return error({ code: 'SEQ0108', at, what: `${shown(text)} has a control character in it` });
}

export function mirrorsNothing({ at }: Where): Finding {
  return error({
    code: 'SEQ0116',
    at,
    what: 'Nothing is asked for under `mirror`',
    why: 'oc-mirror ends with an error when there are no images to copy',
    next: 'Add platform, operators, additionalImages or helm',
  });
}

export function credentialsInUrl({ at }: Where): Finding {
  return error({
    code: 'SEQ0102',
    at,
    what: 'This value carries a user name or a password (not shown)',
    why: 'The file is kept in Git and travels to every site',
    next: "Remove them, run `podman login` for the host, and change the password if this was committed: Git's history keeps it",
  });
}

// --- Rules

export function entryListedTwice({
  at,
  what,
  first,
  why,
}: Where & { what: string; first: Position; why: string }): Finding {
  return error({
    code: 'SEQ0109',
    at,
    what: `${what} is already in ${line(first)}`,
    why,
    next: 'Remove one, or put the two together',
  });
}

export function versionUnreadable({
  at,
  key,
  version,
  release,
}: Where & { key: string; version: string; release: boolean }): Finding {
  return error({
    code: 'SEQ0110',
    at,
    what: `\`${key}\` ${shown(version)} is not a ${release ? 'release' : 'semantic version'}`,
    why: release
      ? 'oc-mirror looks releases up by all three numbers and ends in an error, or a crash'
      : 'oc-mirror refuses the file',
    next: release ? 'Write all three numbers, as 4.19.2' : 'Write it as 6.2.1',
  });
}

export function rangesMixed({ at, name }: Where & { name: string }): Finding {
  return error({
    code: 'SEQ0111',
    at,
    what: `Package ${shown(name)} has a minVersion or maxVersion, and so has this channel of it`,
    why: 'oc-mirror allows one of the two and refuses the file',
    next: 'Keep those of the channels',
  });
}

export function platformsAndArchitectures({ at }: Where): Finding {
  return error({
    code: 'SEQ0112',
    at,
    what: '`platforms` and `architectures` are both given',
    why: 'oc-mirror 4.23 and later refuse the file; earlier ones do not know `platforms`',
    next: 'Keep `architectures` for whole payloads, `platforms` for parts of the multi payload',
  });
}

export function patternUnreadable({ at, pattern, problem }: Where & { pattern: string; problem: string }): Finding {
  return error({
    code: 'SEQ0113',
    at,
    what: `${shown(pattern)} is not a regular expression of Go: ${problem}`,
    why: 'oc-mirror 4.23 and later refuse the file; 4.19 to 4.22 silently block nothing with it',
    next: 'Go has no look-around and no back references: https://pkg.go.dev/regexp/syntax',
  });
}

export function targetUnusable({
  at,
  key,
  value,
  rule,
}: Where & { key: string; value: string; rule: string }): Finding {
  return error({
    code: 'SEQ0114',
    at,
    what: `\`${key}\` ${shown(value)} cannot be used: ${rule}`,
    why: 'oc-mirror refuses it',
  });
}

export function referenceUnusable({ at, text, problem }: Where & { text: string; problem: string }): Finding {
  return error({ code: 'SEQ0115', at, what: `${shown(text)} cannot be mirrored: ${problem}` });
}

export function referenceWithoutVersion({ at, text, why }: Where & { text: string; why: string }): Finding {
  return error({
    code: 'SEQ0115',
    at,
    what: `${shown(text)} has neither tag nor digest`,
    why,
    next: 'Add a tag, or better a digest',
  });
}

export function rangeInFull({ at, name }: Where & { name: string }): Finding {
  return error({
    code: 'SEQ0111',
    at,
    what: `The catalog is asked for with \`full: true\`, and package ${shown(name)} has a minVersion or maxVersion`,
    why: 'oc-mirror ends with "Full: true cannot be mixed with versionRange" when it filters the catalog',
    next: 'Remove `full: true`: a range brings all versions in it anyway',
  });
}

export function urlUnusable({ at, url }: Where & { url: string }): Finding {
  return error({
    code: 'SEQ0115',
    at,
    what: `${shown(url)} is not the address of a helm repository`,
    why: 'oc-mirror reads repositories over http and https only; charts in registries (oci://) are not supported',
    next: 'For a chart in a registry, pull it and name its file under `local`',
  });
}
