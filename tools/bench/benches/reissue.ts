/** Lost archives made again from another copy, compared with copying that copy back. */
import { cp, mkdir, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

export const reissueBench: Benchmark = {
  name: 'reissue',
  title: 'make the lost archives of one sequence again from a copy on another folder',
  needs: ['openssl'],
  run: async (setting) => {
    const { bench, product, scale, runs, say } = setting;
    say('starting the lab');
    const lab = await startLabProcess(bench, setBytes * scale);
    const root = join(bench.folder, 'reissue');
    const archives = await mirrorSequenceOnce(setting, { root, lab });
    const where = { cwd: root, env: process.env, signal: bench.signal };
    const copies = join(bench.folder, 'copy');
    await mkdir(copies);
    const copied = archives.map((path) => join(copies, basename(path)));
    for (const [index, path] of archives.entries()) await cp(await realpath(path), copied[index] ?? '');
    // In the page cache for both sides.
    await measureProcess('sha256sum', copied, where);
    const ours: ProcessUse[] = [];
    const theirs: number[] = [];
    const floors: number[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}`);
      // The archives lie in the store, and are linked into the sequence's folder.
      await rm(join(`${root}-data`, 'store'), { recursive: true });
      for (const path of archives) await rm(path);
      await settle();
      const request = { workspaceRoot: root, mirrorRoot: 'mirror', folder: mirroredFolder, from: [copies] };
      const { use, result } = await callProduct<{ kind: string }>(product, 'reissueSequence', request, where);
      if (result.kind !== 'reissued') throw new Error(`nothing was made again: ${result.kind}`);
      ours.push(use);
      theirs.push(await copySeconds(setting, copied));
      floors.push(Math.max(theirs.at(-1) ?? 0, await twoHashesSeconds(setting, copied)));
    }
    const seconds = (values: readonly number[]) => measured('seconds', values);
    return {
      rows: [
        {
          what: 'archives made again',
          ours: seconds(ours.map((use) => use.seconds)),
          theirs: { name: 'cp', value: seconds(theirs) },
          floor: { name: 'cp or openssl', value: seconds(floors) },
          bar: { of: 'ratio', atMost: 1.2 },
        },
        {
          what: 'processor time',
          ours: seconds(ours.map((use) => use.cpuSeconds)),
        },
        {
          what: 'peak memory',
          ours: measured(
            'bytes',
            ours.map((use) => use.peakBytes),
          ),
        },
      ],
      skipped: [],
      notes: [
        `${archives.length} archive${archives.length === 1 ? '' : 's'}, in the page cache; ${runs} runs of both, in turn. Both end when the files are on the disk.`,
        'cp copies and proves nothing. seqmirror copies too, reads each copy back, and hashes every byte of it once.',
      ],
    };
  },
};
