import { copyFile, link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Lab } from '../../../testing/lab/lab';
import {
  archiveName,
  archiveOf,
  flip,
  lose,
  loseFrames,
  pathsOf,
  reissue,
  reissued,
  sealStands,
} from '../../../testing/worlds/reissuing';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { digestOf } from '../archive/archive.fixture';
import { writeFrame } from '../archive/frame/frame';
import { hexOf } from '../oci/digest';
import { parseCustody, renderCustody } from '../sequence/custody';
import { parseSequenceMetadata, renderSequenceMetadata } from '../sequence/metadata';
import { isSeqmirrorError, renderExplanation } from '../system/errors';
import { silentProgress } from '../system/progress';

let upstream: Lab;
let pristine: World;
let world: World;

const seq1 = 'seq1-baseline';
const seq2 = 'seq2-add-app';

beforeAll(async () => {
  upstream = await startUpstream();
  pristine = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] }, { settings: 'retries: 0\n' });
});
afterAll(async () => {
  await pristine.remove();
  await upstream.stop();
});
beforeEach(async () => {
  world = await pristine.copy();
  upstream.journal.clear();
});
afterEach(async () => {
  upstream.registry.faults.clear();
  await world.remove();
});

async function refusal(work: Promise<unknown>): Promise<{ code: string; words: string }> {
  try {
    await work;
  } catch (error) {
    if (isSeqmirrorError(error)) return { code: error.code, words: renderExplanation(error) };
    throw error;
  }
  throw new Error('it was not refused');
}

/** All files except those that record times. */
async function textsOf(of: World): Promise<Map<string, string>> {
  return new Map([...(await of.files())].filter(([path]) => path.startsWith('mirror/')));
}

const blobsAsked = () => upstream.journal.blobsSent().size;

describe('reissueSequence', () => {
  it('finds nothing wrong with a sound sequence, asks no registry, and leaves every file alone', async () => {
    const before = await world.files();
    expect(await reissue(world, seq2)).toMatchObject({ kind: 'sound', archives: 1, linked: false });
    expect(upstream.journal.entries).toEqual([]);
    expect(await world.files()).toEqual(before);
  });

  it('makes a lost archive again from only its inventory and the registry, byte for byte', async () => {
    const [texts, original] = [await textsOf(world), await archiveOf(world, seq2)];
    await lose(world, seq2);
    await loseFrames(world);
    const { packaging, plan } = await reissued(world, seq2);
    expect(packaging).toBe('as sealed');
    expect(plan.damaged).toEqual([
      { name: archiveName, why: 'it is missing in the store and in the folder of the sequence' },
    ]);
    expect(plan.sources).toMatchObject([{ kind: 'registry', where: 'quay.io/platform/app', blobs: 3 }]);
    expect(await archiveOf(world, seq2)).toEqual(original);
    expect(await textsOf(world)).toEqual(texts);
    const [stored, linked] = await Promise.all((await pathsOf(world, seq2)).map((path) => stat(path)));
    expect(stored?.ino).toBe(linked?.ino);
    expect((stored?.mode ?? 0) & 0o777).toBe(0o444);
    expect(await readdir(join(world.data, 'reissue')).catch(() => [])).toEqual([]);
    await sealStands(world, seq2);
  });

  it('makes every kind of image again: indexes, Docker manifests, signatures', async () => {
    const original = await archiveOf(world, seq1);
    await lose(world, seq1);
    await loseFrames(world);
    await reissued(world, seq1);
    expect(await archiveOf(world, seq1)).toEqual(original);
  });

  it('repairs a flipped bit in a blob with that one blob', async () => {
    const original = await archiveOf(world, seq1);
    const index = await readArchiveIndex((await pathsOf(world, seq1))[0]);
    const [largest] = [...index.blobs].sort(([, a], [, b]) => b.bytes - a.bytes);
    await flip(world, seq1, (largest?.[1].offset ?? 0) + 5);
    const { plan, packaging } = await reissued(world, seq1);
    expect(packaging).toBe('as sealed');
    expect(plan.damaged[0]?.why).toContain(largest?.[0]);
    expect(blobsAsked()).toBe(1);
    expect(plan.sources).toMatchObject([
      { kind: 'copy', blobs: index.blobs.size - 1 },
      { kind: 'registry', where: 'registry.redhat.io/ubi9/ubi', blobs: 1, bytes: largest?.[1].bytes },
    ]);
    expect(await archiveOf(world, seq1)).toEqual(original);
  });

  it('keeps frames, and makes an archive again from them, whichever engine made it', async () => {
    await lose(world, seq1);
    await reissued(world, seq1);
    // As another engine could have packaged it: our layout never gives this.
    const [stored, linked] = await pathsOf(world, seq1);
    const bytes = Buffer.concat([await archiveOf(world, seq1), Buffer.alloc(4096)]);
    await rm(stored);
    await writeFile(stored, bytes);
    await rm(linked);
    await link(stored, linked);
    const frames = join(world.data, 'frames', basename(dirname(stored)));
    const { frameSha256 } = await writeFrame(await readArchiveIndex(stored), join(frames, `${archiveName}.frame.gz`));
    const file = `mirror/content/${seq1}/seq-metadata.yaml`;
    const metadata = parseSequenceMetadata(await world.read(file), file);
    const sha256 = hexOf(digestOf(bytes));
    const archives = [{ name: archiveName, size: '1.0 MiB', bytes: bytes.length, sha256, frame_sha256: frameSha256 }];
    await world.write(file, renderSequenceMetadata({ ...metadata, archives }));

    await lose(world, seq1);
    const { plan, packaging } = await reissued(world, seq1);
    expect(plan.recipes).toMatchObject([{ how: 'rebuilt' }]);
    expect(packaging).toBe('as sealed');
    expect(await archiveOf(world, seq1)).toEqual(bytes);

    // A frame that is damaged, or another one, does not count.
    await writeFile(join(frames, `${archiveName}.frame.gz`), 'no frame');
    await lose(world, seq1);
    expect((await reissued(world, seq1)).packaging).toBe('repackaged');
    expect((await reissue(world, seq1)).kind).toBe('sound');
  });

  it('uses the frame in an archive in which only blobs are damaged', async () => {
    const file = `mirror/content/${seq1}/seq-metadata.yaml`;
    const metadata = parseSequenceMetadata(await world.read(file), file);
    const [stored] = await pathsOf(world, seq1);
    const index = await readArchiveIndex(stored);
    const { frameSha256 } = await writeFrame(index, join(world.root, 'frame'));
    const archives = metadata.archives.map((archive) => ({ ...archive, frame_sha256: frameSha256 }));
    await world.write(file, renderSequenceMetadata({ ...metadata, archives }));
    await loseFrames(world);
    const original = await archiveOf(world, seq1);
    for (const { offset, bytes } of index.blobs.values()) if (bytes > 1000) await flip(world, seq1, offset + bytes - 1);
    const { plan } = await reissued(world, seq1);
    expect(plan.recipes).toMatchObject([{ how: 'rebuilt' }]);
    expect(await archiveOf(world, seq1)).toEqual(original);
  });

  it('repairs a flipped bit in a header, and fetches at most the blob behind it', async () => {
    const original = await archiveOf(world, seq1);
    const index = await readArchiveIndex((await pathsOf(world, seq1))[0]);
    const places = [...index.blobs.values()].sort((a, b) => a.offset - b.offset);
    await flip(world, seq1, (places[3]?.offset ?? 0) - 500);
    await loseFrames(world);
    await reissued(world, seq1);
    expect(blobsAsked()).toBeLessThanOrEqual(1);
    expect(await archiveOf(world, seq1)).toEqual(original);
  });

  it('takes a whole file from another copy, whatever its name', async () => {
    const original = await archiveOf(world, seq1);
    const copy = join(world.root, 'tape', seq1);
    await mkdir(copy, { recursive: true });
    await copyFile((await pathsOf(world, seq1))[0], join(copy, 'disc1.tar'));
    await lose(world, seq1);
    const { plan } = await reissued(world, seq1, { from: [join(world.root, 'tape')] });
    expect(plan.recipes).toMatchObject([{ how: 'copied', where: join(copy, 'disc1.tar') }]);
    expect(upstream.journal.entries).toEqual([]);
    expect(await archiveOf(world, seq1)).toEqual(original);
    const [made, its] = [await stat((await pathsOf(world, seq1))[0]), await stat(join(copy, 'disc1.tar'))];
    expect(made.ino).not.toBe(its.ino);
  });

  it('names a copy whose blobs are damaged, and takes the next copy', async () => {
    const original = await archiveOf(world, seq1);
    const index = await readArchiveIndex((await pathsOf(world, seq1))[0]);
    const [largest] = [...index.blobs].sort(([, a], [, b]) => b.bytes - a.bytes);
    const [tape, disk] = [join(world.root, 'tape'), join(world.root, 'disk')];
    for (const folder of [tape, disk]) await mkdir(folder);
    await copyFile((await pathsOf(world, seq1))[0], join(disk, archiveName));
    await flip(world, seq1, (largest?.[1].offset ?? 0) + 5);
    await rename((await pathsOf(world, seq1))[0], join(tape, archiveName));
    await lose(world, seq1);
    const notes: string[] = [];
    const progress = { ...silentProgress, note: (text: string) => notes.push(text) };
    const { plan, packaging } = await reissued(world, seq1, { from: [tape, disk], progress });
    expect(notes).toEqual([expect.stringContaining(`${join(tape, archiveName)} is a damaged copy`)]);
    expect(notes[0]).toContain(largest?.[0]);
    expect(plan.recipes).toMatchObject([{ how: 'copied', where: join(disk, archiveName) }]);
    expect(packaging).toBe('as sealed');
    expect(await archiveOf(world, seq1)).toEqual(original);
    expect(upstream.journal.entries).toEqual([]);
    await sealStands(world, seq1);
  });

  it('takes blobs from a damaged copy in custody.yaml, before it asks a registry', async () => {
    const original = await archiveOf(world, seq1);
    const copy = join(world.root, 'copy');
    await mkdir(copy);
    const index = await readArchiveIndex((await pathsOf(world, seq1))[0]);
    const [largest] = [...index.blobs].sort(([, a], [, b]) => b.bytes - a.bytes);
    await flip(world, seq1, (largest?.[1].offset ?? 0) + 5);
    await rename((await pathsOf(world, seq1))[0], join(copy, archiveName));
    await lose(world, seq1);
    const custody = { schema: 'seqmirror/v1' as const, state: 'held' as const, copies: [{ where: copy }] };
    await world.write(`mirror/content/${seq1}/custody.yaml`, renderCustody(custody));
    const { plan } = await reissued(world, seq1);
    expect(plan.sources[0]).toMatchObject({ kind: 'copy', where: join(copy, archiveName) });
    expect([...upstream.journal.blobsSent().keys()]).toEqual([expect.stringContaining(hexOf(largest![0]))]);
    expect(await archiveOf(world, seq1)).toEqual(original);
  });

  it('links again what is sound in the store and missing or damaged in the folder, and the reverse', async () => {
    const original = await archiveOf(world, seq1);
    const [stored, linked] = await pathsOf(world, seq1);
    await rm(linked);
    expect(await reissue(world, seq1)).toMatchObject({ kind: 'sound', linked: true });
    await rm(stored);
    expect(await reissue(world, seq1)).toMatchObject({ kind: 'sound', linked: true });
    await rm(linked);
    await world.write(`mirror/content/${seq1}/${archiveName}`, 'no archive');
    expect(await reissue(world, seq1)).toMatchObject({ kind: 'sound', linked: true });
    expect(await archiveOf(world, seq1)).toEqual(original);
    expect(upstream.journal.entries).toEqual([]);
  });

  it('shows what a dry run would take from where, and writes nothing', async () => {
    await lose(world, seq2);
    await loseFrames(world);
    const before = await world.files();
    const outcome = await reissue(world, seq2, { dryRun: true });
    expect(outcome).toMatchObject({
      kind: 'planned',
      plan: {
        sound: [],
        recipes: [{ how: 'composed', asSealed: true, name: archiveName }],
        sources: [{ kind: 'registry', where: 'quay.io/platform/app', blobs: 3 }],
      },
    });
    expect(upstream.journal.entries).toEqual([]);
    expect(await world.files()).toEqual(before);
  });

  it('continues with what a stopped run has fetched', async () => {
    await lose(world, seq1);
    await loseFrames(world);
    const abort = new AbortController();
    upstream.fault({ match: { path: /\/blobs\// }, action: { bytesPerSecond: 300_000 } });
    const stopped = expect(reissue(world, seq1, { signal: abort.signal })).rejects.toThrow('enough');
    const fetched = async () =>
      (await readdir(join(world.data, 'reissue'), { recursive: true }).catch(() => [])).filter((name) =>
        /[0-9a-f]{64}$/.test(name),
      );
    while ((await fetched()).length < 3) await setTimeout(5);
    abort.abort(new Error('enough'));
    await stopped;
    upstream.registry.faults.clear();
    upstream.journal.clear();
    const { plan } = await reissued(world, seq1);
    expect(plan.sources[0]).toMatchObject({ kind: 'stage', where: 'an earlier reissue' });
    await sealStands(world, seq1);
  });

  it('names what is no longer available anywhere, records the loss in custody.yaml, and writes nothing else', async () => {
    await lose(world, seq2);
    await loseFrames(world);
    upstream.fault({ match: { path: /platform\/app\// }, action: { status: 404 } });
    const before = await world.files();
    const { words } = await refusal(reissue(world, seq2));
    expect(words.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…').replaceAll(upstream.host, 'lab'))
      .toMatchInlineSnapshot(`
      "SEQ0330 seq2-add-app cannot be reissued: 3 blobs (89.0 KiB) are no longer available anywhere
        sha256:… (468 B), needed by quay.io/platform/app:1.0
          quay.io/platform/app blob sha256:… does not exist on lab (HTTP 404)
        sha256:… (588 B), needed by quay.io/platform/app:1.0
          quay.io/platform/app@sha256:… does not exist on lab (HTTP 404)
        sha256:… (87.9 KiB), needed by quay.io/platform/app:1.0
          quay.io/platform/app blob sha256:… does not exist on lab (HTTP 404)
        Why:   No archive was written. mirror/content/seq2-add-app/custody.yaml now says \`lost\`. If the images of the next sequence need these blobs, seqmirror downloads the blobs again
        Next:  Commit mirror/content/seq2-add-app/custody.yaml, then mirror the next sequence. If you find a copy of these archives later, run \`nx run mirror:reissue --sequence=seq2 --from=<folder of the copy>\`"
    `);
    const after = await world.files();
    const custody = `mirror/content/${seq2}/custody.yaml`;
    expect(parseCustody(after.get(custody) ?? '', 'custody.yaml').state).toBe('lost');
    after.delete(custody);
    expect([...after.keys()].filter((path) => !path.includes('/reissue/'))).toEqual([...before.keys()]);
    await sealStands(world, seq2);
  });

  it('lets the next sequence fetch what is lost, and records it as held when it is back', async () => {
    await lose(world, seq2);
    await loseFrames(world);
    const remove = upstream.fault({ match: { path: /platform\/app\// }, action: { status: 404 } });
    await refusal(reissue(world, seq2));
    remove();
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    const seq3 = await world.seal('seq3-add-tools');
    const inventory = await world.read('mirror/content/seq3-add-tools/seq-inventory.jsonl');
    const lost = await world.read(`mirror/content/${seq2}/seq-inventory.jsonl`);
    const blobsIn = (text: string) => [...text.matchAll(/"record":"blob","digest":"(sha256:\w+)"/g)].map(([, d]) => d);
    expect(blobsIn(inventory)).toEqual(expect.arrayContaining(blobsIn(lost)));
    expect(seq3.metadata.air_gapped_transfer.dependencies).toEqual(['seq1']);
    upstream.journal.clear();

    const { plan } = await reissued(world, seq2);
    expect(plan.sources).toMatchObject([{ kind: 'chain', where: 'seq3-add-tools', blobs: 3 }]);
    expect(upstream.journal.entries).toEqual([]);
    const custody = parseCustody(await world.read(`mirror/content/${seq2}/custody.yaml`), 'custody.yaml');
    expect(custody).toEqual({ schema: 'seqmirror/v1', state: 'held', copies: [] });
  });

  it('asks for a copy in custody.yaml that is not here, and does not record a loss', async () => {
    await lose(world, seq2);
    await loseFrames(world);
    const custody = {
      schema: 'seqmirror/v1' as const,
      state: 'held' as const,
      copies: [{ where: 'tape LT-0042' }, { where: '/mnt/not-mounted' }],
    };
    await world.write(`mirror/content/${seq2}/custody.yaml`, renderCustody(custody));
    upstream.fault({ match: { path: /platform\/app\// }, action: { status: 404 } });
    const before = await textsOf(world);
    const { code, words } = await refusal(reissue(world, seq2));
    expect(code).toBe('SEQ0331');
    expect(words).toContain('tape LT-0042, /mnt/not-mounted');
    expect(await textsOf(world)).toEqual(before);
  });

  it('does not record a loss for archives that were retired, since sites have them', async () => {
    await lose(world, seq2);
    await loseFrames(world);
    const custody = { schema: 'seqmirror/v1' as const, state: 'retired' as const, copies: [] };
    await world.write(`mirror/content/${seq2}/custody.yaml`, renderCustody(custody));
    const remove = upstream.fault({ match: { path: /platform\/app\// }, action: { status: 404 } });
    expect((await refusal(reissue(world, seq2))).code).toBe('SEQ0331');
    remove();
    await reissued(world, seq2);
    expect(parseCustody(await world.read(`mirror/content/${seq2}/custody.yaml`), 'custody.yaml').state).toBe('held');
  });

  it.each([401, 403, 503])('does not take HTTP %i for a loss', async (status) => {
    await lose(world, seq2);
    await loseFrames(world);
    upstream.fault({ match: { path: /platform\/app\// }, action: { status } });
    const before = await textsOf(world);
    expect((await refusal(reissue(world, seq2))).code).toBe('SEQ0332');
    expect(await textsOf(world)).toEqual(before);
  });

  it('uses what an engine has in its cache', async () => {
    const index = await readArchiveIndex((await pathsOf(world, seq2))[0]);
    const archive = await archiveOf(world, seq2);
    for (const [digest, { offset, bytes }] of index.blobs) {
      const hex = hexOf(digest);
      const folder = `data/test/engines/oc-mirror/cache/.oc-mirror/.cache/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}`;
      await mkdir(join(dirname(world.root), folder), { recursive: true });
      await writeFile(join(dirname(world.root), folder, 'data'), archive.subarray(offset, offset + bytes));
    }
    await lose(world, seq2);
    await loseFrames(world);
    const { plan } = await reissued(world, seq2);
    expect(plan.sources).toMatchObject([{ kind: 'cache', where: "oc-mirror's cache", blobs: 3 }]);
    expect(upstream.journal.entries).toEqual([]);
    expect(await archiveOf(world, seq2)).toEqual(archive);
  });

  it('refuses a sequence that is not sealed, and a copy that is not a folder', async () => {
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    expect((await refusal(reissue(world, 'seq3-add-tools'))).code).toBe('SEQ0333');
    expect((await refusal(reissue(world, seq1, { from: ['/nowhere'] }))).code).toBe('SEQ0334');
  });
});
