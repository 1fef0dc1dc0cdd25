/** A transfer bundle, compared with copying the archives and computing the checksums of the copies, as people do. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark';
import { copySeconds, twoHashesSeconds } from '../floors';
import { startLabProcess } from '../lab-process';
import { measured } from '../measured';
import type { ProcessUse } from '../measured-process';
import { measureProcess } from '../measured-process';
import { mirroredFolder, mirrorSequenceOnce } from '../mirrored-sequence';
import { callProduct } from '../product';
import { settle } from '../workbench';

const setBytes = 2e9;

export const bundleBench: Benchmark = {
  name: 'bundle',
  title: 'a bundle of one sequence, by stream and by links, beside cp and sha256sum',
  needs: [],
  run: async (setting) => {
    const { bench, product, scale, runs, say } = setting;
    say('starting the lab');
    const lab = await startLabProcess(bench, setBytes * scale);
    const root = join(bench.folder, 'bundle');
    const archives = await mirrorSequenceOnce(setting, { root, lab });
    const where = { cwd: root, env: process.env, signal: bench.signal };
    const bundle = async (folder: string, options: object): Promise<ProcessUse> => {
      const request = { workspaceRoot: root, mirrorRoot: 'mirror', folder: mirroredFolder, output: folder, ...options };
      return (await callProduct(product, 'bundleSequence', request, where)).use;
    };
    const stream: ProcessUse[] = [];
    const links: ProcessUse[] = [];
    const theirs: ProcessUse[] = [];
    const floors: number[] = [];
    // A warm-up run, so that the archives are in the page cache for both sides.
    await measureProcess('sha256sum', archives, where);
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      const folders = ['stream', 'links', 'theirs'].map((name) => join(root, name));
      const [streamed = '', linked = '', copied = ''] = folders;
      await settle();
      stream.push(await bundle(streamed, { kind: 'baseline' }));
      await settle();
      links.push(await bundle(linked, { kind: 'individual', link: true }));
      await mkdir(copied);
      await settle();
      // Until it is on disk, as ours is.
      const line = 'to=$1; shift; cp "$@" "$to" && sync -f "$to" && cd "$to" && sha256sum * >SHA256SUMS';
      theirs.push(await measureProcess('sh', ['-c', line, 'sh', copied, ...archives], where));
      for (const folder of folders) await rm(folder, { recursive: true });
      floors.push(Math.max(await copySeconds(setting, archives), await twoHashesSeconds(setting, archives)));
    }
    const seconds = (uses: readonly ProcessUse[]) =>
      measured(
        'seconds',
        uses.map((use) => use.seconds),
      );
    const bytes = (value: (use: ProcessUse) => number, uses: readonly ProcessUse[]) =>
      measured('bytes', uses.map(value));
    return {
      rows: [
        {
          what: 'by stream',
          ours: seconds(stream),
          theirs: { name: 'cp; sha256sum', value: seconds(theirs) },
          floor: { name: 'cp or openssl', value: measured('seconds', floors) },
          bar: { of: 'ratio', atMost: 0.8 },
        },
        {
          what: 'bytes written, by stream',
          ours: bytes((use) => use.writtenBytes, stream),
          theirs: { name: 'cp; sha256sum', value: bytes((use) => use.writtenBytes, theirs) },
        },
        { what: 'peak memory, by stream', ours: bytes((use) => use.peakBytes, stream) },
        { what: 'by links', ours: seconds(links) },
        {
          what: 'bytes written, by links',
          ours: bytes((use) => use.writtenBytes, links),
          bar: { of: 'our worst', atMost: 1e6 },
        },
      ],
      skipped: [],
      notes: [
        `${archives.length} archive${archives.length === 1 ? '' : 's'}, ${runs} alternating runs; both sides end on disk (fsync, sync -f); the archives are in the page cache`,
        'floor: the longer of cp, synced, and two hashes a byte by openssl on all cores',
        'ours reads each byte once, proves each blob by its digest, and hashes the new archives as wholes; records of the chain, script and checksums included',
      ],
    };
  },
};
