import { open, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Digest } from '../oci/digest';
import { anImage, inTemporaryFolder } from './archive.fixture';
import type { ArchivesToFill } from './fill-archive';
import { openArchives } from './fill-archive';
import type { ArchivePlan } from './plan';
import { blobsIn, planArchives } from './plan';
import type { ReadBackArchive } from './read-back';
import { isUnchanged, readBackAt, readBackWhileFilled } from './read-back';
import { verifyArchives } from './verify';

const image = anImage({ layers: ['a', 'b'.repeat(3_000_000), 'c'.repeat(512), '', 'd'.repeat(70_000)] });
const sizes = [...image.blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
const large = sizes.find(({ bytes }) => bytes === 3_000_000) as (typeof sizes)[0];
const plan = planArchives({ blobs: sizes, links: image.links, archiveSizeBytes: 3_200_000 });
const digests = blobsIn(...plan.archives).map(({ digest }) => digest);

interface Filling {
  readonly archives: ArchivesToFill;
  readonly sound: Digest[];
  readonly wrong: Digest[];
  readonly signal: AbortSignal;
}

/** Fills the archives of the plan with what `fill` writes, and reads them back meanwhile. */
async function filled(
  folder: string,
  fill: (readBack: ReturnType<typeof readBackWhileFilled>, filling: Filling) => Promise<void>,
  { there = [], stop = new AbortController() }: { there?: readonly Digest[]; stop?: AbortController } = {},
) {
  const paths = plan.archives.map(({ name }) => join(folder, name));
  const archives = await openArchives(plan.archives, (name) => join(folder, name));
  const [sound, wrong]: [Digest[], Digest[]] = [[], []];
  const readBack = readBackWhileFilled(archives, {
    there: new Set(there),
    onSound: (digest) => sound.push(digest),
    onWrong: ({ digest }) => wrong.push(digest),
    signal: stop.signal,
  });
  try {
    await fill(readBack, { archives, sound, wrong, signal: stop.signal });
    return { paths, sound, wrong, sums: await readBack.end() };
  } finally {
    await readBack.stop();
    await archives.close();
  }
}

async function whole(archives: ArchivesToFill, digest: Digest, content = image.blobs.get(digest)): Promise<number> {
  await archives.blob(digest).write(0, [content as Buffer]);
  return (content as Buffer).length;
}

async function readBackOf(
  paths: readonly string[],
  { archives }: ArchivePlan,
  sums: Awaited<ReturnType<typeof filled>>['sums'],
) {
  const found = new Map<string, ReadBackArchive>();
  for (const [number, archive] of archives.entries()) {
    const path = paths[number] as string;
    const of = sums.get(archive.name);
    const proven = of === undefined ? undefined : await readBackAt(path, { archive, sums: of });
    if (proven !== undefined) found.set(path, proven);
  }
  return found;
}

describe('reading back while archives are filled', () => {
  it('finds what reading them afterwards finds, in whatever order and pieces the blobs came', () =>
    fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(digests, { minLength: digests.length }),
        fc.array(fc.integer({ min: 30_000, max: 1_000_000 }), { minLength: 1, maxLength: 5 }),
        (order, pieces) =>
          inTemporaryFolder(async (folder) => {
            const { paths, sound, wrong, sums } = await filled(folder, async (readBack, { archives }) => {
              await Promise.all(
                order.map(async (digest, number) => {
                  const content = image.blobs.get(digest) as Buffer;
                  const bytes = pieces[number % pieces.length] as number;
                  for (let at = 0; at < content.length; at += bytes) {
                    const piece = content.subarray(at, at + bytes);
                    await archives.blob(digest).write(at, [piece]);
                    readBack.wrote(digest, at + piece.length);
                  }
                }),
              );
            });
            expect([[...sound].sort(), wrong]).toEqual([[...digests].sort(), []]);
            const afterwards = await verifyArchives(paths, { hash: 'blobs and files' });
            expect(plan.archives.map(({ name }) => sums.get(name)?.sha256)).toEqual(
              afterwards.archives.map(({ sha256 }) => sha256),
            );
            const readBack = await readBackOf(paths, plan, sums);
            expect(readBack.size).toBe(plan.archives.length);
            expect(await verifyArchives(paths, { hash: 'blobs and files', readBack })).toEqual(afterwards);
          }),
      ),
      { numRuns: 8 },
    ));

  it('tells a wrong blob while others are still to come, and proves its archive no more', () =>
    inTemporaryFolder(async (folder) => {
      const { sums, wrong } = await filled(folder, async (readBack, { archives, wrong: told }) => {
        for (const digest of digests.filter((each) => each !== large.digest))
          readBack.wrote(digest, await whole(archives, digest));
        readBack.wrote(large.digest, await whole(archives, large.digest, Buffer.alloc(large.bytes, 'x')));
        while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        // Brought again, at once.
        await whole(archives, large.digest);
      });
      expect(wrong).toEqual([large.digest]);
      const its = plan.archives.find((archive) => blobsIn(archive).some(({ digest }) => digest === large.digest));
      expect(sums.has(its?.name ?? '')).toBe(false);
      expect(sums.size).toBe(plan.archives.length - 1);
    }));

  it('proves what an earlier run brought too', () =>
    inTemporaryFolder(async (folder) => {
      const fill = async (readBack: ReturnType<typeof readBackWhileFilled>, { archives }: Filling): Promise<void> => {
        for (const digest of digests) readBack.wrote(digest, await whole(archives, digest));
      };
      await filled(folder, fill);
      const again = await filled(folder, async () => undefined, { there: digests });
      expect([again.sound.length, again.sums.size]).toEqual([digests.length, plan.archives.length]);
      const damaged = await filled(
        folder,
        async (_, { archives }) => archives.blob(large.digest).write(1_000_000, [Buffer.from('x')]),
        { there: digests },
      );
      expect(damaged.wrong).toEqual([large.digest]);
    }));

  it('passes over what nobody brings, without proving its archive or calling it wrong', () =>
    inTemporaryFolder(async (folder) => {
      const { sums, sound, wrong } = await filled(folder, async (readBack, { archives }) => {
        readBack.giveUp(large.digest);
        for (const digest of digests.filter((each) => each !== large.digest))
          readBack.wrote(digest, await whole(archives, digest));
      });
      expect([sound.length, wrong, sums.size]).toEqual([digests.length - 1, [], plan.archives.length - 1]);
    }));

  it('ends when nobody fills them any more, and on its signal', () =>
    inTemporaryFolder(async (folder) => {
      await expect(filled(folder, () => Promise.reject(new Error('line is down')))).rejects.toThrow('line is down');
      const stop = new AbortController();
      const stopped = filled(
        folder,
        async () => {
          stop.abort(new Error('enough'));
        },
        { there: digests, stop },
      );
      await expect(stopped).rejects.toThrow('enough');
    }));
});

describe('an archive that was read back', () => {
  const readBackHere = async (folder: string) => {
    const { paths, sums } = await filled(folder, async (readBack, { archives }) => {
      for (const digest of digests) readBack.wrote(digest, await whole(archives, digest));
    });
    const readBack = await readBackOf(paths, plan, sums);
    return { path: paths[0] as string, paths, readBack };
  };

  it('is hashed again if somebody wrote into it since, even if its time was set back', () =>
    inTemporaryFolder(async (folder) => {
      const { path, paths, readBack } = await readBackHere(folder);
      const proven = readBack.get(path) as ReadBackArchive;
      expect(await isUnchanged(path, proven)).toBe(true);
      const [blob] = blobsIn(plan.archives[0] as (typeof plan.archives)[0]);
      const time = Number(proven.marks.modified) / 1e9;
      const file = await open(path, 'r+');
      await file.write(Buffer.from('damage'), 0, 6, blob?.offset);
      await file.close();
      await utimes(path, time, time);
      expect(await isUnchanged(path, proven)).toBe(false);
      const { findings } = await verifyArchives(paths, { hash: 'blobs and files', readBack });
      expect(findings.map(({ code }) => code)).toContain('SEQ0301');
    }));
});
