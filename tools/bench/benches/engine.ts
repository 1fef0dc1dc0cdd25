/** The embedded engine compared with the real oc-mirror, both mirroring the same images to disk from nothing. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeLoopbackPort } from '../../../plugin/src/engine/oc-mirror/port';
import { programPath } from '../../../testing/lab/requirements';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { blobsOfLab, getSeconds, twoHashesSeconds } from '../floors';
import type { LabProcess } from '../lab-process';
import { startLabProcess } from '../lab-process';
import type { Unit } from '../measured';
import { measured, medianOf, quantity } from '../measured';
import type { ProcessUse } from '../measured-process';
import { measureProcess } from '../measured-process';
import { callProduct } from '../product';
import { settle } from '../workbench';

interface MirrorRun extends ProcessUse {
  readonly archiveBytes: number;
}

/** Seconds of one run. */
interface Floor {
  readonly get: number;
  readonly hash: number;
}

interface Side {
  readonly name: string;
  mirror(folder: string): Promise<MirrorRun>;
}

const setBytes = 2e9;
const sequencePath = join('mirror', 'content', 'seq1-bench');

async function floorOf(setting: BenchSetting, lab: LabProcess, sequence: string): Promise<Floor> {
  const archives = (await readdir(sequence))
    .filter((name) => name.endsWith('.tar'))
    .map((name) => join(sequence, name));
  const get = await getSeconds(setting, await blobsOfLab(lab, join(sequence, 'seq-inventory.jsonl')));
  return { get, hash: await twoHashesSeconds(setting, archives) };
}

export const engineBench: Benchmark = {
  name: 'engine',
  title: 'mirror to disk: a release, four operators and one image, with an empty cache',
  needs: ['curl', 'openssl'],
  run: async (setting) => {
    const { bench, scale, runs, say } = setting;
    say('starting the lab');
    const lab = await startLabProcess(bench, setBytes * scale);
    const { config } = lab;
    const ocMirror = programPath('oc-mirror');
    const sides: Side[] = [
      pipeline(setting, lab, config),
      engineAlone(setting, lab, config),
      ...(ocMirror === undefined ? [] : [realOcMirror(setting, lab, { config, program: ocMirror })]),
    ];
    const byName = new Map<string, MirrorRun[]>(sides.map(({ name }) => [name, []]));
    const floors: Floor[] = [];
    for (let run = 1; run <= runs; run++) {
      for (const { name, mirror } of sides) {
        say(`run ${run} of ${runs}: ${name}`);
        const folder = join(bench.folder, 'run');
        await mkdir(folder);
        await settle();
        byName.get(name)?.push(await mirror(folder));
        if (name === 'whole pipeline') floors.push(await floorOf(setting, lab, join(folder, sequencePath)));
        await rm(folder, { recursive: true, maxRetries: 3 });
      }
    }
    const of = (name: string) => byName.get(name) ?? [];
    return {
      rows: rowsOf({ whole: of('whole pipeline'), engine: of('engine alone'), theirs: of('oc-mirror'), floors }),
      skipped: ocMirror === undefined ? ['the real oc-mirror: SEQMIRROR_OC_MIRROR names none'] : [],
      notes: [
        `The images include signatures and several architectures. seqmirror and oc-mirror ran ${runs} times each, in turn. The table shows the median and, in parentheses, the minimum and maximum.`,
        'The upstream registry is the lab, in a separate process on the same machine. The images are in the page cache.',
        'The time of seqmirror ends when all files are on the disk (fsync). The time of oc-mirror ends when the kernel has the data. The whole pipeline of seqmirror also hashes every byte twice and seals the sequence.',
        `Floor: curl downloads the same blobs into files and syncs them (median ${quantity(
          medianOf(
            measured(
              'seconds',
              floors.map(({ get }) => get),
            ),
          ),
          'seconds',
        )}), or openssl hashes every byte twice on all cores (${quantity(
          medianOf(
            measured(
              'seconds',
              floors.map(({ hash }) => hash),
            ),
          ),
          'seconds',
        )}). The longer time is the floor.`,
        'Bytes on disk are write_bytes of /proc/<pid>/io. Bytes of write calls are wchar of /proc/<pid>/io, which also counts writes to sockets. oc-mirror sends all blobs through a socket to its cache registry.',
      ],
    };
  },
};

function pipeline({ bench, product }: BenchSetting, lab: LabProcess, config: string): Side {
  return {
    name: 'whole pipeline',
    mirror: async (folder) => {
      const sequence = join(folder, sequencePath);
      await mkdir(sequence, { recursive: true });
      const settings = {
        schema: 'seqmirror/v1',
        id: 'bench',
        engine: 'embedded',
        dataDir: `${folder}-data`,
        ci: 'allow',
        registries: { registriesConf: lab.registriesConf },
      };
      await writeFile(join(folder, 'mirror', 'seqmirror.yaml'), JSON.stringify(settings));
      await writeFile(join(sequence, 'imageset-config.yaml'), config);
      const request = { workspaceRoot: folder, mirrorRoot: 'mirror', folder: 'seq1-bench' };
      const { use, result } = await callProduct<{ archiveBytes: number }>(product, 'mirrorSequence', request, {
        cwd: folder,
        env: { ...process.env, ...lab.env },
        signal: bench.signal,
      });
      return { ...use, archiveBytes: result.archiveBytes };
    },
  };
}

function engineAlone({ bench, product }: BenchSetting, lab: LabProcess, config: string): Side {
  return {
    name: 'engine alone',
    mirror: async (folder) => {
      const stage = join(folder, 'stage');
      const engineFolder = join(folder, 'engine');
      await mkdir(stage);
      await mkdir(engineFolder);
      const request = { config, stage, engineFolder, registriesConf: lab.registriesConf };
      const { use, result } = await callProduct<{ archives: string[] }>(product, 'embeddedEngine', request, {
        cwd: folder,
        env: { ...process.env, ...lab.env },
        signal: bench.signal,
      });
      return { ...use, archiveBytes: await bytesOf(result.archives) };
    },
  };
}

/** As one would run it by hand: its own defaults, an empty cache, an empty destination. */
function realOcMirror({ bench }: BenchSetting, lab: LabProcess, run: { config: string; program: string }): Side {
  return {
    name: 'oc-mirror',
    mirror: async (folder) => {
      await writeFile(join(folder, 'isc.yaml'), run.config);
      const port = await freeLoopbackPort();
      const args = [
        '--v2',
        '--config=isc.yaml',
        '--cache-dir=cache',
        '--src-tls-verify=false',
        `--port=${port}`,
        'file://out',
      ];
      const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...lab.env };
      const use = await measureProcess(run.program, args, { cwd: folder, env, signal: bench.signal });
      const out = join(folder, 'out');
      const archives = (await readdir(out)).filter((name) => /^mirror_\d{6}\.tar$/.test(name));
      return { ...use, archiveBytes: await bytesOf(archives.map((name) => join(out, name))) };
    },
  };
}

interface Sides {
  readonly whole: readonly MirrorRun[];
  readonly engine: readonly MirrorRun[];
  readonly theirs: readonly MirrorRun[];
  readonly floors: readonly Floor[];
}

function rowsOf({ whole, engine, theirs, floors }: Sides): Row[] {
  const row = (
    what: string,
    ours: readonly MirrorRun[],
    { unit, value, bar }: { unit: Unit; value: (run: MirrorRun) => number; bar?: Row['bar'] },
  ): Row => ({
    what,
    ours: measured(unit, ours.map(value)),
    ...(theirs.length === 0 ? {} : { theirs: { name: 'oc-mirror', value: measured(unit, theirs.map(value)) } }),
    // Without oc-mirror there is no ratio.
    ...(bar === undefined || (bar.of === 'ratio' && theirs.length === 0) ? {} : { bar }),
  });
  const least = floors.map(({ get, hash }) => Math.max(get, hash));
  const floor = { name: 'curl or openssl', value: measured('seconds', least) };
  const wall = { unit: 'seconds', value: ({ seconds }: MirrorRun) => seconds } as const;
  return [
    { ...row('wall time, engine alone', engine, wall), floor },
    {
      ...row('wall time, whole pipeline', whole, { ...wall, bar: { of: 'ratio', atMost: 0.5 } }),
      floor,
      floorBar: 1.35,
    },
    row('processor time, engine alone', engine, { unit: 'seconds', value: ({ cpuSeconds }) => cpuSeconds }),
    row('processor time, whole pipeline', whole, { unit: 'seconds', value: ({ cpuSeconds }) => cpuSeconds }),
    row('peak memory, whole pipeline', whole, {
      unit: 'bytes',
      value: ({ peakBytes }) => peakBytes,
      bar: { of: 'our worst', atMost: 200e6 },
    }),
    row('bytes on disk, divided by archive bytes', whole, {
      unit: 'factor',
      value: ({ diskBytes, archiveBytes }) => diskBytes / archiveBytes,
      bar: { of: 'ours', atMost: 1.05 },
    }),
    row('bytes of write calls, divided by archive bytes', whole, {
      unit: 'factor',
      value: ({ writtenBytes, archiveBytes }) => writtenBytes / archiveBytes,
    }),
    row('archive bytes', whole, { unit: 'bytes', value: ({ archiveBytes }) => archiveBytes }),
  ];
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
