/** Proving and indexing archives, compared with programs that do less with the same files. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, BenchSetting } from '../benchmark';
import { measured } from '../measured';
import { measureProcess } from '../measured-process';
import { callProduct } from '../product';
import { writeLayers } from '../synthetic-archive';
import { settle } from '../workbench';

const archiveBytes = 4e9;
const blobCount = 1000;

export const archiveBench: Benchmark = {
  name: 'archive',
  title: 'verify and index one archive of 4 GB with 1,000 blobs',
  needs: [],
  run: async (setting) => {
    const { bench, product, runs, say } = setting;
    say('writing the archive');
    const path = await writeArchive(setting);
    await settle();
    const env = process.env;
    const where = { cwd: bench.folder, env, signal: bench.signal };
    const verify = { ours: [] as number[], memory: [] as number[], theirs: [] as number[] };
    const index = { ours: [] as number[], theirs: [] as number[] };
    // A warm-up run, so that the file is in the page cache for both sides.
    await measureProcess('sha256sum', [path], where);
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const verified = await callProduct<{ findings: number }>(
        product,
        'verifyArchives',
        { paths: [path], hash: 'blobs and files' },
        where,
      );
      if (verified.result.findings > 0) throw new Error('the archive is not sound');
      verify.ours.push(verified.use.seconds);
      verify.memory.push(verified.use.peakBytes);
      verify.theirs.push((await measureProcess('sha256sum', [path], where)).seconds);
      index.ours.push((await callProduct(product, 'readArchiveIndex', { path }, where)).callSeconds);
      index.theirs.push((await measureProcess('tar', ['-tf', path], where)).seconds);
    }
    return {
      rows: [
        {
          what: 'verifyArchives',
          ours: measured('seconds', verify.ours),
          theirs: { name: 'sha256sum', value: measured('seconds', verify.theirs) },
        },
        { what: 'peak memory of verifyArchives', ours: measured('bytes', verify.memory) },
        {
          what: 'readArchiveIndex',
          ours: measured('seconds', index.ours),
          theirs: { name: 'tar -tf', value: measured('seconds', index.theirs) },
        },
      ],
      skipped: [],
      notes: [
        `${((await stat(path)).size / 1e9).toFixed(2)} GB. If the memory is large enough, the archives are in the page cache. The time of verifyArchives includes the start of Node. The time of readArchiveIndex does not.`,
        'sha256sum hashes the file. verifyArchives checks the file, its tar structure and the digest of every blob, so it hashes each byte twice.',
      ],
    };
  },
};

async function writeArchive({ bench, scale }: BenchSetting): Promise<string> {
  const path = join(bench.folder, 'archive', 'mirror_000001.tar');
  await writeLayers(path, { seed: 'bench', count: blobCount, bytes: archiveBytes * scale });
  return path;
}
