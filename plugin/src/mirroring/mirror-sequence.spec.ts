import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSetOf } from '../../../testing/images/image-set';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { parseSequenceMetadata } from '../sequence/metadata';
import { isSeqmirrorError, renderExplanation } from '../system/errors';
import { acquireLock } from '../system/lock';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';

let upstream: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());
beforeEach(async () => {
  world = await aWorld(upstream);
});
afterEach(() => world.remove());

/** The error as people read it. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isSeqmirrorError(error)) return renderExplanation(error);
    throw error;
  }
  throw new Error('it was not refused');
}

/** The error, with a check that it changed nothing. */
async function refusalWithoutTrace(work: () => Promise<unknown>): Promise<string> {
  const before = await world.files();
  const words = await refusal(work());
  expect(await world.files()).toEqual(before);
  return words;
}

describe('mirrorSequence', () => {
  it('seals a baseline, then a differential that holds only what is new', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    const first = await world.seal('seq1-baseline');
    const second = await world.seal('seq2-add-app');

    expect(first.metadata).toMatchObject({
      content_type: 'baseline',
      previous: null,
      air_gapped_transfer: { complete: true },
    });
    expect(second.metadata).toMatchObject({
      content_type: 'differential',
      previous: first.metadata.seal,
      changes: { added: [app], updated: [], removed: [] },
      images: { additional: 2 },
      air_gapped_transfer: { complete: false, dependencies: ['seq1'] },
    });
    // The layer, the config and the manifest of app; its base layer is in seq1.
    expect(second.newBlobs).toBe(3);
    expect(second.images).toEqual({ total: 2, added: 1, dropped: 0 });
    expect((await world.read('mirror/content/chain.lock')).split('\n').filter((line) => /^\d/.test(line))).toEqual([
      `1 seq1-baseline ${first.metadata.seal}`,
      `2 seq2-add-app ${second.metadata.seal}`,
    ]);
    const archive = await stat(join(world.root, 'mirror/content/seq2-add-app/mirror_000001.tar'));
    expect(archive.nlink).toBe(2);
    expect(archive.mode & 0o777).toBe(0o444);
    expect([...(await world.files()).keys()].filter((path) => path.includes('/stage/'))).toEqual([]);
  });

  it('takes the attachments that the settings name, and records if these are not the defaults', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    const first = await world.seal('seq1-baseline');
    expect(first.metadata.provenance.attachments).toBeUndefined();
    const settings = await world.read('mirror/seqmirror.yaml');
    await world.write('mirror/seqmirror.yaml', `${settings}embedded: { attachments: none, ifRefused: skip }\n`);
    const second = await world.seal('seq2-add-app');
    expect(second.metadata.images).toMatchObject({ additional: 2 });
    const attachments = { taken: 'none', if_refused: 'skip', refused: [] };
    expect(second.metadata.provenance).toMatchObject({ attachments });
    const file = 'mirror/content/seq2-add-app/seq-metadata.yaml';
    expect(parseSequenceMetadata(await world.read(file), file).provenance).toMatchObject({ attachments });
    // It is part of the seal as well.
    expect(await world.mirror('seq2-add-app')).toMatchObject({ kind: 'already-sealed' });
    const text = await world.read(file);
    await world.write(file, text.replace('taken: none', 'taken: all'));
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0233' });
  });

  it('seals without an image that may be missing, says so, and brings it with the next sequence, whose configuration is the same', async () => {
    const gone = upstream.fault({ match: { path: /\/platform\/app\/manifests\// }, action: { status: 404 } });
    try {
      await world.sequence('seq1-baseline', [ubi, app]);
      expect(await refusal(world.mirror('seq1-baseline'))).toContain(`add \`${app}\` to \`allowMissing\``);
      const intent = `schema: seqmirror/v1\ndescription: baseline\nallowMissing:\n  - ${app}\n`;
      await world.write('mirror/content/seq1-baseline/sequence.yaml', intent);
      const { metadata } = await world.seal('seq1-baseline');
      expect(metadata).toMatchObject({ images: { additional: 1 }, provenance: { missing: [app] } });
    } finally {
      gone();
    }
    const proof = await validate({
      ...{ location: world.location, depth: 'deep', progress: silentProgress, now: () => new Date(0) },
      signal: new AbortController().signal,
    });
    expect(proof.sequences).toMatchObject([{ verdict: 'PROVEN', findings: [{ code: 'SEQ0339', details: [app] }] }]);

    await world.sequence('seq2-again', [ubi, app]);
    const next = await world.seal('seq2-again');
    expect(next.metadata).toMatchObject({ images: { additional: 2 }, changes: { added: [app] } });
    expect(next.metadata.provenance.missing).toBeUndefined();
  });

  it('finds that a sequence is sealed, asks no registry, and leaves every file alone', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    const before = await world.files();
    upstream.journal.clear();
    expect(await world.mirror('seq1-baseline')).toMatchObject({ kind: 'already-sealed' });
    expect(upstream.journal.entries).toEqual([]);
    expect(await world.files()).toEqual(before);
  });

  it('ignores comments, quotes, key order and line ends of a sealed configuration', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    const file = 'mirror/content/seq1-baseline/imageset-config.yaml';
    const formatted = `# ours\r\nmirror:\r\n  additionalImages:\r\n  - {name: "${ubi}"}\r\nkind: ImageSetConfiguration\r\napiVersion: mirror.openshift.io/v2alpha1\r\n`;
    await world.write(file, formatted);
    expect(await world.mirror('seq1-baseline')).toMatchObject({ kind: 'already-sealed' });
  });

  it('mirrors on from the inventories alone if the archives and the data directory are gone', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq1-baseline');
    await chmod(world.data, 0o755);
    await rm(world.data, { recursive: true });
    await rm(join(world.root, 'mirror/content/seq1-baseline/mirror_000001.tar'));
    upstream.journal.clear();
    const { newBlobs } = await world.seal('seq2-add-app');
    expect(newBlobs).toBe(3);
    expect(upstream.journal.blobsSent().size).toBe(2);
  });

  it('says what a dry run would fetch and writes nothing', async () => {
    await world.sequence('seq1-baseline', [ubi, app]);
    const before = await world.files();
    upstream.journal.clear();
    const outcome = await world.mirror('seq1-baseline', { dryRun: true });
    expect(outcome).toMatchObject({ kind: 'planned', plan: { changes: { total: { added: { images: 2 } } } } });
    expect(upstream.journal.blobsSent().size).toBe(0);
    expect(await world.files()).toEqual(before);
  });

  it('tells in a dry run behind an unsealed sequence what it waits for', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    expect(await world.mirror('seq2-add-app', { dryRun: true })).toMatchObject({
      kind: 'waiting',
      waitsFor: 'seq1-baseline',
    });
  });

  it('seals the same configuration again if that is intended, and says that no blob is new', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-again', [ubi]);
    await world.seal('seq1-baseline');
    const outcome = await world.mirror('seq2-again', { refresh: true });
    expect(outcome).toMatchObject({
      kind: 'sealed',
      newBlobs: 0,
      metadata: { changes: { added: [], updated: [], removed: [] } },
    });
  });

  it('makes a new baseline, complete in itself, if sequence.yaml has `base: none`', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-renewed', [ubi]);
    await world.write(
      'mirror/content/seq2-renewed/sequence.yaml',
      'schema: seqmirror/v1\ndescription: renewed\nbase: none\n',
    );
    const first = await world.seal('seq1-baseline');
    const second = await world.seal('seq2-renewed');
    expect(second.metadata).toMatchObject({ content_type: 'baseline', description: 'renewed' });
    expect(second.newBlobs).toBe(first.newBlobs);
  });

  it('fetches again what only a lost sequence held', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq1-baseline');
    await world.write('mirror/content/seq1-baseline/custody.yaml', 'schema: seqmirror/v1\nstate: lost\ncopies: []\n');
    const { metadata, newBlobs } = await world.seal('seq2-add-app');
    expect(newBlobs).toBe(13);
    expect(metadata.content_type).toBe('baseline');
  });
});

describe('mirrorSequence refuses, and changes nothing', () => {
  it('a sealed sequence whose configuration asks for something else', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    await world.sequence('seq1-baseline', [ubi, app]);
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatchInlineSnapshot(`
      "SEQ0201 mirror/content/seq1-baseline/imageset-config.yaml: seq1-baseline is sealed, but the content of its imageset-config.yaml was changed afterwards
        Why:   The archives contain the images of the sealed configuration, not of the changed configuration
        Next:  Undo the change: \`git restore mirror/content/seq1-baseline/imageset-config.yaml\`. Then put the change into a new sequence: \`nx g seqmirror:sequence <name>\`. Or, since no site has this sequence, run \`nx run mirror-seq1:void\` and mirror it again"
    `);
  });

  it.each(['seq-inventory.jsonl', 'imageset-config.pinned.yaml', 'seq-metadata.yaml'])(
    'a sealed sequence whose %s was edited',
    async (name) => {
      await world.sequence('seq1-baseline', [ubi]);
      await world.seal('seq1-baseline');
      const file = `mirror/content/seq1-baseline/${name}`;
      const text = await world.read(file);
      const digest = name === 'seq-metadata.yaml' ? /(?<=config_sha256: )\w{4}/ : /(?<=sha256:)\w{4}/;
      await world.write(file, text.replace(digest, '0123'));
      expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatch(/^SEQ02(01|33)/);
    },
  );

  it('a sequence before its predecessor is sealed', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    expect(await refusal(world.mirror('seq2-add-app'))).toMatchInlineSnapshot(`
      "SEQ0205 seq2 cannot be mirrored before seq1 is sealed
        Why:   The archives of seq2 leave out blobs of earlier sequences, so the earlier sequences must be sealed first
        Next:  nx run mirror:seq1"
    `);
  });

  it('a gap in the numbers', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq3-add-app', [ubi, app]);
    await world.seal('seq1-baseline');
    expect(await refusalWithoutTrace(() => world.mirror('seq3-add-app'))).toMatchInlineSnapshot(`
      "SEQ0204 seq3-add-app cannot be mirrored: mirror/content has no folder seq2-…
        Why:   Each sequence contains the seal of the previous sequence, so the numbers must have no gaps
        Next:  If the folder of seq2 was deleted, restore it with Git. Otherwise, rename seq3-add-app to seq2-…"
    `);
  });

  it('either of two folders with one number', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq1-other', [app]);
    expect(await refusalWithoutTrace(() => world.mirror('seq1-other'))).toMatchInlineSnapshot(`
      "SEQ0202 Two folders have the number 1: seq1-baseline and seq1-other
        Why:   Two branches each added a sequence after the same sequence
        Next:  Run \`nx run mirror:renumber --folder=seq1-other\`, which gives seq1-other the next free number"
    `);
  });

  it('a configuration that is the same as before', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-forgotten', [ubi]);
    await world.seal('seq1-baseline');
    expect(await refusalWithoutTrace(() => world.mirror('seq2-forgotten'))).toMatchInlineSnapshot(`
      "SEQ0206 mirror/content/seq2-forgotten/imageset-config.yaml: seq2-forgotten and seq1-baseline have the same configuration
        Why:   The new sequence would contain only images that changed upstream since seq1-baseline. Maybe no image has changed
        Next:  Edit mirror/content/seq2-forgotten/imageset-config.yaml. Or, to mirror what changed upstream, run \`nx run mirror:seq2 --refresh\` or set \`refresh: true\` in sequence.yaml of seq2-forgotten"
    `);
  });

  it('content that only oc-mirror can mirror, before asking any registry', async () => {
    const samples = '  samples:\n    - name: httpd\n';
    await world.write('mirror/content/seq1-baseline/imageset-config.yaml', `${imageSetOf([ubi])}${samples}`);
    upstream.journal.clear();
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatchInlineSnapshot(`
      "SEQ0470 The embedded engine cannot mirror this configuration
        SEQ0410 mirror/content/seq1-baseline/imageset-config.yaml:7:7: The embedded engine cannot mirror the sample httpd
          Why:   No engine mirrors samples. oc-mirror reads the entry, but mirrors nothing for it
          Next:  Remove the sample. To mirror its images, list the images under additionalImages
        Why:   seqmirror downloaded nothing
        Next:  Install oc-mirror 4.18 or later and run the same command again, or remove these entries from the imageset configuration"
    `);
    expect(upstream.journal.entries).toEqual([]);
  });

  it('a configuration that breaks the rules, with line and column', async () => {
    await world.write('mirror/content/seq1-baseline/imageset-config.yaml', `${imageSetOf([ubi])}  chanels: []\n`);
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toContain('imageset-config.yaml:6:3');
  });

  it('anything while another run is going on', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const lock = await acquireLock(join(world.data, 'lock'), { purpose: 'seq1-baseline', now: new Date(0) });
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatch(
      /^SEQ0203 mirror is locked by process \d+ on .* since 1970-01-01 00:00 UTC/,
    );
    if (lock.acquired) await lock.release();
  });

  it('to mirror in CI unless that is allowed', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const location = { ...world.location, env: { ...world.location.env, CI: 'true' } };
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline', { location }))).toMatchInlineSnapshot(`
      "SEQ0208 seq1-baseline is not sealed, and seqmirror does not mirror in CI (CI=true)
        Why:   \`nx affected\` or \`nx run-many\` could start hours of downloading by accident
        Next:  If this pipeline has to mirror, set \`ci: allow\` in mirror/seqmirror.yaml"
    `);
    await world.write('mirror/seqmirror.yaml', `${await world.read('mirror/seqmirror.yaml')}ci: allow\n`);
    expect(await world.mirror('seq1-baseline', { location })).toMatchObject({ kind: 'sealed' });
  });

  it('to work as a task that Nx would cache', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline', { cachedByNx: true }))).toMatchInlineSnapshot(`
      "SEQ0209 nx.json lets Nx cache the target that mirrors seq1-baseline, which is not sealed
        Why:   With a cache hit, Nx would report success although nothing was mirrored. targetDefaults in nx.json override the targets of seqmirror
        Next:  Remove \`cache: true\` for \`seqmirror:mirror\` and for targets named \`mirror\` from targetDefaults in nx.json"
    `);
  });

  it('records that have no line in chain.lock, which Nx rightly takes for sealed', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    await world.write('mirror/content/chain.lock', '');
    const refusal = await refusalWithoutTrace(() => world.mirror('seq1-baseline', { cachedByNx: true }));
    expect(refusal).toContain('Add this line again: 1 seq1-baseline');
  });

  it('to remove an archive that it did not make', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await writeFile(join(world.root, 'mirror/content/seq1-baseline/mirror_000001.tar'), 'the only copy');
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatchInlineSnapshot(`
      "SEQ0234 mirror/content/seq1-baseline/mirror_000001.tar: seq1-baseline is not sealed, but has an archive that seqmirror did not make
        Why:   When seqmirror seals the sequence, it writes links to its own archives into the folder, and would have to delete this archive
        Next:  Move the archive out of the folder, then run the command again"
    `);
  });

  it('a sequence whose line in chain.lock was lost, until the line is back', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const { metadata } = await world.seal('seq1-baseline');
    const lock = await world.read('mirror/content/chain.lock');
    await world.write('mirror/content/chain.lock', '');
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline', { cachedByNx: true }))).toContain(
      `Add this line again: 1 seq1-baseline ${metadata.seal}`,
    );
    await world.write('mirror/content/chain.lock', lock);
    expect(await world.mirror('seq1-baseline')).toMatchObject({ kind: 'already-sealed' });
  });

  it('a sequence whose records are gone, until they are back', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    const file = join(world.root, 'mirror/content/seq1-baseline/seq-metadata.yaml');
    await rename(file, `${file}.away`);
    expect(await refusalWithoutTrace(() => world.mirror('seq1-baseline'))).toMatchInlineSnapshot(`
      "SEQ0207 mirror/content/chain.lock: seq1-baseline is sealed, but its seq-metadata.yaml is missing
        Why:   chain.lock has a line for the sequence, so its records must exist too
        Next:  git restore mirror/content/seq1-baseline"
    `);
    await rename(`${file}.away`, file);
    expect(await world.mirror('seq1-baseline')).toMatchObject({ kind: 'already-sealed' });
  });

  it('what the registry refuses, and keeps what was fetched', async () => {
    await world.sequence('seq1-baseline', [ubi, 'quay.io/platform/app:9.9']);
    expect(await refusal(world.mirror('seq1-baseline'))).toMatch(/^SEQ0506 /);
    await world.sequence('seq1-baseline', [ubi, tools]);
    const { metadata } = await world.seal('seq1-baseline');
    expect(parseSequenceMetadata(await world.read('mirror/content/seq1-baseline/seq-metadata.yaml'), 'x')).toEqual(
      metadata,
    );
  });
});
