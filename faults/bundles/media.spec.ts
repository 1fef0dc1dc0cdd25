/** Volumes as they are planned, in file systems that Debian's own tools make. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { digestFromHex } from '../../plugin/src/oci/digest';
import { splitVolumes } from '../../plugin/src/volumes/split-volumes';
import { ownFilesBound, takenBytes } from '../../plugin/src/volumes/taken-bytes';
import { mediumOf } from '../../plugin/src/volumes/volumes';
import { randomFrom } from '../../testing/lab/random';
import { describeWith } from '../../testing/lab/requirements';
import { runSeed, sizeOf, withSeed } from '../size';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const env = { ...process.env, PATH: [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter) };
const run = (program: string, args: readonly string[]) =>
  promisify(execFile)(program, [...args], { env, maxBuffer: 64 * 1024 ** 2 });

const records = [
  { path: 'chain/chain.lock', bytes: 200 },
  ...[1, 2, 3].map((number) => ({ path: `chain/seq${number}-a-name-of-some-length/seq-inventory.jsonl`, bytes: 9000 })),
  { path: 'seq-upload.sh', bytes: 60_000 },
];
const facts = { lines: 5, records };

/** Lays sizes out on a medium, as a bundle does, and says what lies on each volume. */
function volumesOf(media: string, sizes: readonly number[]): { path: string; bytes: number }[][] {
  const medium = mediumOf(media);
  const blobs = sizes.map((bytes, index) => ({
    digest: digestFromHex((index + 1).toString(16).padStart(64, '0')),
    bytes,
  }));
  const carried = { blobs, links: [], files: [], whole: [], archiveSizeBytes: 2 ** 50 };
  const taken = (archives: number) => takenBytes(medium, archives, facts);
  return splitVolumes(carried, { medium, taken }).volumes.map(({ archives }) => [
    ...records,
    ...ownFilesBound(archives.length, facts),
    ...archives,
  ]);
}

/** Files of these lengths; `sparse` ones take no room here. */
async function lay(root: string, files: readonly { path: string; bytes: number }[], how: 'sparse' | 'full') {
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const file = await open(join(root, path), 'w');
    if (how === 'sparse') await file.truncate(bytes);
    else for (let at = 0; at < bytes; at += 2 ** 20) await file.write(Buffer.alloc(Math.min(2 ** 20, bytes - at), 1));
    await file.close();
  }
}

// As layers are: many of a few kilobytes, some of gigabytes, and now and then one that no volume holds.
const sizesFor = (next: () => number, capacity: number): number[] =>
  Array.from({ length: 1 + Math.floor(next() * 60) }, () => Math.floor(100 * ((capacity * 1.2) / 100) ** next()));

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'seqmirror-media-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const rounds = sizeOf({ small: 10, full: 200 });
const stickRounds = sizeOf({ small: 2, full: 200 });
// Every byte of these is written, twice.
const largeStickRounds = sizeOf({ small: 2, full: 20 });

describeWith(['genisoimage', 'xorriso'], withSeed('discs'), () => {
  it.each(['dvd5', 'dvd9', 'bd25', 'bd50', 'bd100', 'iso:20000000'])('holds every volume of %s', async (media) => {
    const next = randomFrom(runSeed());
    const capacity = mediumOf(media).bytes ?? 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const files of volumesOf(media, sizesFor(next, capacity)).slice(0, 3)) {
        await inFolder(async (folder) => {
          await lay(folder, files, 'sparse');
          const udf = await run('genisoimage', ['-quiet', '-print-size', '-udf', '-R', '-J', folder]);
          const iso = await run('xorriso', ['-as', 'mkisofs', '-quiet', '-print-size', '-R', '-J', folder]);
          for (const { stdout } of [udf, iso]) {
            const sectors = Number(stdout.trim().split('\n').at(-1));
            expect(sectors).toBeGreaterThan(0);
            expect(sectors * 2048).toBeLessThanOrEqual(capacity);
          }
        });
      }
    }
  });
});

/** The first volumes of random sets, each written in full, to be put into an image of the medium. */
async function withVolumes(
  media: string,
  times: number,
  work: (on: { volume: string; image: string; capacity: number }) => Promise<void>,
): Promise<void> {
  const next = randomFrom(runSeed());
  const capacity = mediumOf(media).bytes ?? 0;
  for (let round = 0; round < times; round += 1) {
    for (const files of volumesOf(media, sizesFor(next, capacity)).slice(0, 2)) {
      await inFolder(async (folder) => {
        const volume = join(folder, 'volume');
        await lay(volume, files, 'full');
        await work({ volume, image: join(folder, 'image'), capacity });
      });
    }
  }
}

describeWith(['mkfs.vfat', 'mcopy'], withSeed('sticks with FAT32'), () => {
  it.each([
    ['fat32:40M', stickRounds],
    ['fat32:80M', stickRounds],
    ['fat32:300M', largeStickRounds],
  ])('holds every volume of %s, %d times', async (media, times) => {
    await withVolumes(media, times, async ({ volume, image, capacity }) => {
      await (await open(image, 'w')).close();
      await run('truncate', [`--size=${capacity}`, image]);
      await run('mkfs.vfat', ['-F', '32', image]);
      const tops = (await readdir(volume)).map((name) => join(volume, name));
      // It fails when the image is full.
      await run('mcopy', ['-s', '-i', image, ...tops, '::']);
    });
  });
});

describeWith(['mke2fs'], withSeed('sticks with ext4'), () => {
  it.each([
    ['usb:24M', stickRounds],
    ['usb:60M', stickRounds],
    ['usb:600M', largeStickRounds],
  ])('holds every volume of %s, %d times', async (media, times) => {
    await withVolumes(media, times, async ({ volume, image, capacity }) => {
      // It fails when the image is full.
      await run('mke2fs', ['-q', '-t', 'ext4', '-d', volume, image, `${Math.floor(capacity / 1024)}k`]);
      expect((await stat(image)).size).toBeLessThanOrEqual(capacity);
    });
  });
});
