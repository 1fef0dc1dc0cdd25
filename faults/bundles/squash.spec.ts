/**
 * Heads of random chains, squashed: what each image needs and nothing else is in the archives, two runs write the same
 * bytes, we prove them as we prove any plain set of archives, and the real oc-mirror uploads them from one folder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../../plugin/src/archive/archive-index';
import { ocMirrorEnvironment } from '../../plugin/src/engine/oc-mirror/environment';
import { freeLoopbackPort } from '../../plugin/src/engine/oc-mirror/port';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { runProgram } from '../../plugin/src/system/process';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../testing/lab/debian-registry';
import { diceFrom } from '../../testing/lab/random';
import { describeWith, programPath } from '../../testing/lab/requirements';
import { bundled } from '../../testing/worlds/bundling';
import type { SealedMirror, SealedSequence } from '../damage/sealed-mirror';
import { buildSealedMirror } from '../damage/sealed-mirror';
import { validated } from '../damage/validated';
import { runSeed, sizeOf, withSeed } from '../size';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const chains = sizeOf({ small: 5, full: 50 });

/** A chain by its number, and one of its sequences as the head. */
async function withChain(
  chain: number,
  work: (mirror: SealedMirror, head: SealedSequence) => Promise<void>,
): Promise<void> {
  const dice = diceFrom(runSeed(), 'squash', chain);
  const layerBytes = 4_000 + dice.number(100_000);
  const mirror = await buildSealedMirror({
    seed: runSeed() + chain,
    sequences: 1 + dice.number(6),
    images: 1 + dice.number(4),
    layers: 1 + dice.number(3),
    layerBytes,
    // The largest blob fits.
    archiveBytes: 16_000 + layerBytes + dice.number(300_000),
  });
  try {
    await work(mirror, dice.pick(mirror.sequences));
  } finally {
    await mirror.remove();
  }
}

async function squashed({ root, location }: SealedMirror, head: SealedSequence, name: string): Promise<string> {
  const output = join(root, name);
  await bundled({ root, location }, head.folder, { output, kind: 'baseline' });
  return join(output, 'archives');
}

/** Those that were asked for; signatures come with them. */
function imagesAskedFor({ images }: SealedSequence): readonly MirroredImage[] {
  return images.filter(({ attachedTo }) => attachedTo === undefined);
}

async function archivesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

describe(withSeed(`The heads of ${chains} random chains`), () => {
  it('are squashed to what their images need, to the same bytes each time, and proven', async () => {
    for (let chain = 0; chain < chains; chain += 1) {
      await withChain(chain, async (mirror, head) => {
        const folder = await squashed(mirror, head, 'disk');
        const paths = await archivesIn(folder);
        const blobs = (await Promise.all(paths.map((path) => readArchiveIndex(path)))).flatMap((index) => [
          ...index.blobs.keys(),
        ]);
        expect([...blobs].sort()).toEqual([...mirror.blobsOf(head).keys()].sort());

        const again = await archivesIn(await squashed(mirror, head, 'another disk'));
        expect(again.map((path) => path.split('/').at(-1))).toEqual(paths.map((path) => path.split('/').at(-1)));
        for (const [at, path] of paths.entries())
          expect((await readFile(path)).equals(await readFile(again[at] as string))).toBe(true);

        const { sequences, sound } = await validated(mirror, { path: folder });
        expect({ chain, sound, sequences }).toMatchObject({
          sound: true,
          sequences: [{ verdict: 'PROVEN', findings: [], images: imagesAskedFor(head).length }],
        });
      });
    }
  });
});

describeWith(
  ['oc-mirror', 'docker-registry', 'skopeo'],
  withSeed(`The heads of ${chains} random chains, squashed`),
  () => {
    let registry: DebianRegistry;
    beforeAll(async () => (registry = await startDebianRegistry()));
    afterAll(async () => registry?.stop());

    it('are uploaded by the real oc-mirror out of one folder, with no way to any other network', async () => {
      for (let chain = 0; chain < chains; chain += 1) {
        await withChain(chain, async (mirror, head) => {
          const folder = await squashed(mirror, head, 'disk');
          const namespace = `chain${chain}`;
          expect(await upload(mirror.root, folder, `${registry.host}/${namespace}`)).toBe('');
          for (const { repository, tag, digest } of imagesAskedFor(head)) {
            const raw = await skopeo([
              'inspect',
              '--raw',
              `docker://${registry.host}/${namespace}/${repository}:${tag}`,
            ]);
            expect(`sha256:${createHash('sha256').update(raw).digest('hex')}`).toBe(digest);
          }
        });
        await rm(join(registry.folder, 'docker'), { recursive: true, force: true });
      }
    });

    /** What went wrong, if anything. */
    async function upload(root: string, archives: string, destination: string): Promise<string> {
      const port = await freeLoopbackPort();
      const nowhere = 'http://127.0.0.1:1';
      const cache = join(root, 'cache');
      await mkdir(cache);
      const args = ['-c', 'imageset-config.yaml', '--from', `file://${archives}`, `docker://${destination}`, '--v2'];
      const lab = [`--cache-dir=${cache}`, `--port=${port}`, '--dest-tls-verify=false', '--retry-times=1'];
      const { exitCode, stdout } = await runProgram(programPath('oc-mirror') ?? 'oc-mirror', [...args, ...lab], {
        cwd: join(archives, '..'),
        env: {
          ...ocMirrorEnvironment({ ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere }, { port }),
          CONTAINERS_REGISTRIES_CONF: '/dev/null',
        },
      });
      return exitCode === 0 ? '' : `exit ${exitCode}: ${stdout.slice(-3000)}`;
    }
  },
);
