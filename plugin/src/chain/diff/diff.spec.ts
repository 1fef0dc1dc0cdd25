import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aChain } from '../../../../testing/worlds/chain';
import { operationFacts } from '../../info/operation-facts';
import { emptyLedger, renderLedger } from '../../mirror/sites/sites';
import { bytesOf, blobSetOf } from '../../sequence/closure';
import { Seal } from '../../sequence/seal';
import { parseSequenceMetadata, renderSequenceMetadata } from '../../sequence/metadata';
import { diffInMarkdown } from '../../report/markdown/diff';
import { renderDiff } from '../../report/text/diff';
import type { DiffOptions } from './diff';
import { diffSequences } from './diff';

const chain = aChain()
  .baseline('baseline', { adds: 3 })
  .differential('logging', { adds: 2, updates: 1, removes: 1 })
  .differential('ubi9', { adds: 1 })
  .build();
const newBytesOf = (...numbers: number[]) =>
  bytesOf(blobSetOf(...numbers.map((number) => chain.sequences[number - 1]!.inventory.blobs)));

let root: string;
const pathOf = (path: string) => join(root, path);
const write = async (path: string, text: string) => {
  await mkdir(dirname(pathOf(path)), { recursive: true });
  await writeFile(pathOf(path), text);
};
const location = () => ({ workspaceRoot: root, mirrorRoot: 'mirror', env: { HOME: dirname(root) } });
const diff = (options: Omit<DiffOptions, 'location'> = {}) => diffSequences({ location: location(), ...options });

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'seqmirror-diff-')), 'workspace');
  await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nname: mirror\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`mirror/content/${path}`, text);
});
afterEach(() => rm(dirname(root), { recursive: true, force: true }));

describe('diffSequences', () => {
  it('compares the last sequence with the one before', async () => {
    const found = await diff();
    expect([found.from?.folder, found.to.folder]).toEqual(['seq2-logging', 'seq3-ubi9']);
    expect(found.images).toMatchObject({ added: [expect.any(String)], updated: [], removed: [] });
    expect(found.changes.total.added.bytes).toBe(newBytesOf(3));
    expect(found.changes.total.dropped.images).toBe(0);
  });

  it('compares any two, and says what a site with the earlier one lacks', async () => {
    const { images, changes, config } = await diff({ from: 1, to: 3 });
    expect([images.added.length, images.updated.length, images.removed.length]).toEqual([3, 1, 1]);
    expect(changes.total.added.bytes).toBeLessThanOrEqual(newBytesOf(2, 3));
    expect(changes.total.added.bytes).toBeGreaterThan(newBytesOf(3));
    expect(config).toMatch(/^--- seq1-baseline\/imageset-config\.yaml/m);
    for (const source of images.added) expect(config).toContain(`+    - name: ${source}`);
  });

  it('compares with nothing, as a new site has it', async () => {
    const { from, changes, images, clusterResources } = await diff({ from: 0, to: 1 });
    expect(from).toBeUndefined();
    expect(images.added).toHaveLength(3);
    expect(changes.total.added.bytes).toBe(newBytesOf(1));
    expect(clusterResources).not.toEqual([]);
    expect(clusterResources.every(({ change }) => change === 'added')).toBe(true);
  });

  it('goes back too, without a byte that is new', async () => {
    const { images, changes } = await diff({ from: 3, to: 2 });
    expect([images.added.length, images.removed.length]).toEqual([0, 1]);
    expect(changes.total.added.bytes).toBe(0);
  });

  it('compares with what a site has acknowledged, seals of other chains left out', async () => {
    await write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
    const entry = { confidence: 'proven', held_in: 'both', at: '2026-11-09T08:00:00Z' } as const;
    const entries = [
      { ...entry, sequence: 1, seal: chain.sequences[0]!.seal },
      {
        ...entry,
        sequence: 2,
        seal: chain.sequences[0]!.seal.replace(/.$/, 'x').replace('x', '0') as (typeof chain.sequences)[0]['seal'],
      },
    ];
    await write('mirror/sites/bravo/ledger.yaml', renderLedger({ ...emptyLedger, entries }));
    const found = await diff({ site: 'bravo' });
    expect([found.site, found.from?.number, found.to.number]).toEqual(['bravo', 1, 3]);
    await expect(diff({ site: 'charlie' })).rejects.toMatchObject({
      code: 'SEQ0611',
      next: 'nx g seqmirror:site charlie --mirror=mirror',
    });
    await expect(diff({ site: 'brvo' })).rejects.toMatchObject({
      code: 'SEQ0611',
      next: 'If you meant `bravo`, use this name. For a new site: nx g seqmirror:site brvo --mirror=mirror',
    });
  });

  it('does not take for there what a site acknowledged before it was made void', async () => {
    const gone = Seal.parse(`sha256:${'d'.repeat(64)}`);
    await write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
    const entry = { confidence: 'proven', held_in: 'both', at: '2026-11-09T08:00:00Z' } as const;
    const entries = [
      { ...entry, sequence: 1, seal: chain.sequences[0]!.seal },
      { ...entry, sequence: 3, seal: gone },
    ];
    await write('mirror/sites/bravo/ledger.yaml', renderLedger({ ...emptyLedger, entries }));
    const lock = await readFile(pathOf('mirror/content/chain.lock'), 'utf8');
    await write('mirror/content/chain.lock', `${lock.trimEnd()}\n3 seq3-ubi9 ${gone} void\n`);
    expect((await diff({ site: 'bravo' })).from?.number).toBe(1);
    const { custody } = await operationFacts(location());
    expect(custody.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('names channels that come, go and move, by the records, and the sequences that record none', async () => {
    const heads = {
      1: ['logging stable-6.2 6.2.1', 'gone fast 1.0.0'],
      2: ['logging stable-6.2 6.2.3', 'new fast 2.0.0'],
    };
    for (const [number, its] of Object.entries(heads)) {
      const { folder } = chain.sequences[Number(number) - 1]!;
      await changeMetadata(folder, (metadata) => ({
        ...metadata,
        provenance: { ...metadata.provenance, operators: [{ catalog: 'docker://r.example/index:v1', heads: its }] },
      }));
    }
    const catalog = 'r.example/index:v1';
    expect((await diff({ from: 1, to: 2 })).operators).toEqual({
      catalogs: [],
      channels: {
        added: [{ catalog, package: 'new', channel: 'fast', version: '2.0.0' }],
        dropped: [{ catalog, package: 'gone', channel: 'fast', version: '1.0.0' }],
        moved: [{ catalog, package: 'logging', channel: 'stable-6.2', from: '6.2.1', to: '6.2.3' }],
      },
      unknownIn: [],
    });
    await changeMetadata('seq3-ubi9', (metadata) => ({ ...metadata, images: { ...metadata.images, operator: 3 } }));
    expect((await diff()).operators.unknownIn).toEqual(['seq3-ubi9']);
  });

  it('refuses what is not sealed, and a chain without a seal', async () => {
    await expect(diff({ to: 4 })).rejects.toMatchObject({ code: 'SEQ0257' });
    await expect(diff({ from: 4, to: 1 })).rejects.toMatchObject({ code: 'SEQ0257' });
    await rm(pathOf('mirror/content'), { recursive: true });
    await expect(diff()).rejects.toMatchObject({ code: 'SEQ0256' });
  });
});

describe('the output of diff', () => {
  it('is one screen for a terminal', async () => {
    expect(renderDiff(await diff())).toMatchInlineSnapshot(`
      "seq2-logging → seq3-ubi9
      A site that has seq2 lacks 3.3 KiB, according to the records of the chain. Nothing was downloaded or written

      KIND        NEW  NEW BYTES  SHARED  SHARED BYTES  DROPPED  DROPPED BYTES
      additional    1    3.3 KiB       4      13.7 KiB        0            0 B

      What is counted: an image is one repository and tag in the destination registry; a source may have several of these
      Images by source: added registry.example/ubi9/image-0:1.0
      Cluster resources: changed itms-oc-mirror.yaml

      --- seq2-logging/imageset-config.yaml
      +++ seq3-ubi9/imageset-config.yaml
      @@ -5,4 +5,5 @@
           - name: registry.example/baseline/image-1:1.0
           - name: registry.example/baseline/image-2:1.0
           - name: registry.example/logging/image-0:1.0
           - name: registry.example/logging/image-1:1.0
      +    - name: registry.example/ubi9/image-0:1.0"
    `);
  });

  it('is a comment for a pull request, from which no text of a configuration escapes', async () => {
    const found = await diff();
    expect(diffInMarkdown(found)).toContain('```diff\n');
    const hostile = diffInMarkdown({ ...found, config: '+ ```\n+ @everyone \u001b[31m' });
    expect(hostile).toContain('````diff\n+ ```\n+ @everyone');
    expect(hostile).not.toContain('\u001b');
  });
});

async function changeMetadata(
  folder: string,
  change: (metadata: ReturnType<typeof parseSequenceMetadata>) => ReturnType<typeof parseSequenceMetadata>,
): Promise<void> {
  const path = `mirror/content/${folder}/seq-metadata.yaml`;
  const metadata = parseSequenceMetadata(await readFile(pathOf(path), 'utf8'), path);
  await write(path, renderSequenceMetadata(change(metadata)));
}
