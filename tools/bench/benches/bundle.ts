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
  title: 'write a bundle of one sequence, as copies and as hard links',
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
          what: 'copies',
          ours: seconds(stream),
          theirs: { name: 'cp; sha256sum', value: seconds(theirs) },
          floor: { name: 'cp or openssl', value: measured('seconds', floors) },
          bar: { of: 'ratio', atMost: 0.8 },
        },
        {
          what: 'bytes written, copies',
          ours: bytes((use) => use.writtenBytes, stream),
          theirs: { name: 'cp; sha256sum', value: bytes((use) => use.writtenBytes, theirs) },
        },
        { what: 'peak memory, copies', ours: bytes((use) => use.peakBytes, stream) },
        { what: 'hard links', ours: seconds(links) },
        {
          what: 'bytes written, hard links',
          ours: bytes((use) => use.writtenBytes, links),
          bar: { of: 'our worst', atMost: 1e6 },
        },
      ],
      skipped: [],
      notes: [
        `${archives.length} archive${archives.length === 1 ? '' : 's'}, in the page cache. seqmirror and cp with sha256sum ran ${runs} times each, in turn. All times end when the files are on the disk (fsync, sync -f).`,
        'Floor: cp copies and syncs the files, or openssl hashes every byte twice on all cores. The longer time is the floor.',
        'seqmirror reads each byte once, checks the digest of each blob, and hashes each new archive. It also writes the records of the chain, the upload script and the checksums.',
      ],
    };
  },
};
