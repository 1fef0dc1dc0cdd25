import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unsupportedIn } from '../../plugin/src/engine/embedded/collect/unsupported';
import type { ImageSetDocument } from '../../plugin/src/imageset/document';
import { parseImageSet } from '../../plugin/src/imageset/document';
import { requireSettings } from '../../plugin/src/mirror/settings';

const mirror = join(__dirname, '../../workspace/mirror');
const steps = ['baseline', 'add-web-terminal', 'add-cluster-logging', 'add-ubi9', 'update-platform'];

function documentAt(path: string): ImageSetDocument {
  const { document, findings } = parseImageSet(readFileSync(join(mirror, 'imagesets', path), 'utf8'), path);
  expect(findings).toEqual([]);
  return document as ImageSetDocument;
}

/** All that a configuration asks for, an entry each. */
function entriesOf(path: string): string[] {
  const { additionalImages = [], operators = [], platform } = documentAt(path).config.mirror;
  return [
    ...(platform?.channels ?? []).flatMap(({ name, minVersion, maxVersion }) =>
      [...new Set([minVersion, maxVersion])].map((version) => `${name} ${version}`),
    ),
    ...operators.flatMap(({ catalog, packages = [] }) => packages.map(({ name }) => `${catalog} ${name}`)),
    ...additionalImages.map(({ name }) => name),
  ];
}

describe('workspace/mirror', () => {
  it('has settings that can be used', () => {
    const text = readFileSync(join(mirror, 'seqmirror.yaml'), 'utf8');
    expect(requireSettings(text, 'seqmirror.yaml')).toMatchObject({ name: 'mirror', engine: 'embedded', ci: 'allow' });
  });

  it('has the five documented steps', () => {
    const files = readdirSync(join(mirror, 'imagesets'));
    expect(files.sort()).toEqual(steps.map((step) => `${step}.yaml`).sort());
  });

  it('asks in each step for what was there before, and for more', () => {
    const entries = steps.map((step) => entriesOf(`${step}.yaml`));
    for (const [index, before] of entries.slice(0, -1).entries()) {
      const after = entries[index + 1] ?? [];
      expect(after).toEqual(expect.arrayContaining(before));
      expect(after.length).toBeGreaterThan(before.length);
    }
  });

  it.each(steps)('asks in imagesets/%s.yaml for what the embedded engine can mirror', async (step) => {
    expect(await unsupportedIn(documentAt(`${step}.yaml`), { env: {} })).toEqual([]);
  });
});
