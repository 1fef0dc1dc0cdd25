/**
 * Upload of one sequence into Debian's docker-registry with the embedded engine, compared with the real oc-mirror's
 * disk-to-mirror.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeLoopbackPort } from '../../../plugin/src/engine/oc-mirror/port';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { programPath } from '../../../testing/lab/requirements';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { putSeconds, unpackedBlobs } from '../floors';
import type { LabProcess } from '../lab-process';
import { startLabProcess } from '../lab-process';
import type { Unit } from '../measured';
import { measured } from '../measured';
import type { ProcessUse } from '../measured-process';
import { measureProcess } from '../measured-process';
import { mirroredFolder, mirrorSequenceOnce, mirrorSettings } from '../mirrored-sequence';
import { callProduct } from '../product';
import { settle } from '../workbench';

const setBytes = 2e9;
const storageRoot = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Into an empty registry, and the same once more. */
interface UploadRun {
  readonly first: ProcessUse;
  readonly again: ProcessUse;
}

interface Side {
  readonly name: string;
  /** Uploads to `host`, with nothing kept of earlier runs; the second call finds what the first left. */
  prepare(folder: string, host: string): Promise<() => Promise<ProcessUse>>;
}

export const uploadBench: Benchmark = {
  name: 'upload',
  title: 'disk to mirror: upload one sequence into an empty docker-registry, and upload it again',
  needs: ['docker-registry', 'curl'],
  run: async (setting) => {
    const { bench, scale, runs, say } = setting;
    say('starting the lab');
    const lab = await startLabProcess(bench, setBytes * scale);
    const root = join(bench.folder, 'upload');
    const { config } = lab;
    say('mirroring what is to be uploaded');
    const archives = await mirrorSequenceOnce(setting, { root, lab });
    const program = programPath('oc-mirror');
    const sides = [
      ours(setting, root),
      ...(program === undefined ? [] : [theirs(setting, { program, config, archives, env: lab.env })]),
    ];
    const byName = new Map<string, UploadRun[]>(sides.map(({ name }) => [name, []]));
    const blobs = await unpackedBlobs(join(bench.folder, 'blobs'), archives);
    const floors: number[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}: curl`);
      floors.push(await atEmptyRegistry(({ url }) => putSeconds(setting, { url, blobs })));
      for (const { name, prepare } of sides) {
        say(`run ${run} of ${runs}: ${name}`);
        const folder = join(bench.folder, 'run');
        await mkdir(folder);
        await atEmptyRegistry(async ({ host }) => {
          const upload = await prepare(folder, host);
          await settle();
          const first = await upload();
          await settle();
          byName.get(name)?.push({ first, again: await upload() });
        });
        await rm(folder, { recursive: true, maxRetries: 3 });
      }
    }
    return {
      rows: rowsOf(byName.get('embedded') ?? [], byName.get('oc-mirror') ?? [], floors),
      skipped: program === undefined ? ['the real oc-mirror: SEQMIRROR_OC_MIRROR names none'] : [],
      notes: [
        `The sequence holds a release, four operators and one image. seqmirror and oc-mirror ran ${runs} times each, in turn. The table shows the median and, in parentheses, the minimum and maximum.`,
        `Each run has a separate docker-registry on the same machine. The registry stores its files in ${storageRoot}, because a real registry does not share a disk with the uploader. The wall times include the processor time of the registry.`,
        'Floor: curl uploads the same blobs, without looking for existing blobs and without manifests.',
        'seqmirror also checks records, tests whether the registry checks digests, and writes cluster resources. oc-mirror starts with an empty cache, as at a new site.',
        'Bytes on disk are write_bytes of /proc/<pid>/io of the uploading process. seqmirror writes only the cluster resources.',
      ],
    };
  },
};

async function atEmptyRegistry<T>(work: (registry: DebianRegistry) => Promise<T>): Promise<T> {
  const storage = await mkdtemp(join(storageRoot, 'seqmirror-bench-registry-'));
  const registry = await startDebianRegistry({ folder: storage });
  try {
    return await work(registry);
  } finally {
    await registry.stop();
    await rm(storage, { recursive: true, maxRetries: 3 });
  }
}

function ours({ bench, product }: BenchSetting, root: string): Side {
  return {
    name: 'embedded',
    prepare: async (_folder, host) => {
      const registries = { hosts: { [host]: { insecure: true } } };
      await writeFile(join(root, 'mirror', 'seqmirror.yaml'), JSON.stringify({ ...mirrorSettings(root), registries }));
      const request = { workspaceRoot: root, mirrorRoot: 'mirror', folder: mirroredFolder, registry: `${host}/mirror` };
      return async () =>
        (await callProduct(product, 'uploadSequence', request, { cwd: root, signal: bench.signal })).use;
    },
  };
}

/** As one would run it by hand on the far side: its own defaults, an empty cache. */
function theirs(
  { bench }: BenchSetting,
  {
    program,
    config,
    archives,
    env: upstream,
  }: { program: string; config: string; archives: readonly string[]; env: LabProcess['env'] },
): Side {
  return {
    name: 'oc-mirror',
    prepare: async (folder, host) => {
      const from = join(folder, 'from');
      await mkdir(from);
      await writeFile(join(from, 'isc.yaml'), config);
      for (const [index, archive] of archives.entries())
        await symlink(archive, join(from, `mirror_${String(index + 1).padStart(6, '0')}.tar`));
      return async () => {
        const port = await freeLoopbackPort();
        const args = ['--v2', '--config=isc.yaml', '--cache-dir=../cache', `--port=${port}`, '--dest-tls-verify=false'];
        const env = {
          PATH: process.env['PATH'],
          HOME: folder,
          TMPDIR: folder,
          // Its key is the one that signed the lab's release.
          ...upstream,
          CONTAINERS_REGISTRIES_CONF: '/dev/null',
        };
        return measureProcess(program, [...args, '--from=file://.', `docker://${host}/mirror`], {
          cwd: from,
          env,
          signal: bench.signal,
        });
      };
    },
  };
}

function rowsOf(embedded: readonly UploadRun[], real: readonly UploadRun[], floors: readonly number[]): Row[] {
  const row = (
    what: string,
    { unit, value, bar }: { unit: Unit; value: (run: UploadRun) => number; bar?: Row['bar'] },
  ): Row => ({
    what,
    ours: measured(unit, embedded.map(value)),
    ...(real.length === 0 ? {} : { theirs: { name: 'oc-mirror', value: measured(unit, real.map(value)) } }),
    // Without oc-mirror there is no ratio.
    ...(bar === undefined || (bar.of === 'ratio' && real.length === 0) ? {} : { bar }),
  });
  return [
    {
      ...row('wall time, first upload', {
        unit: 'seconds',
        value: ({ first }) => first.seconds,
        bar: { of: 'ratio', atMost: 0.4 },
      }),
      floor: { name: 'curl', value: measured('seconds', floors) },
      floorBar: 1.25,
    },
    row('wall time, unchanged re-run', {
      unit: 'seconds',
      value: ({ again }) => again.seconds,
      bar: { of: 'ratio', atMost: 0.1 },
    }),
    row('processor time, first upload', { unit: 'seconds', value: ({ first }) => first.cpuSeconds }),
    row('peak memory, first upload', { unit: 'bytes', value: ({ first }) => first.peakBytes }),
    row('bytes on disk, first upload', {
      unit: 'bytes',
      value: ({ first }) => first.diskBytes,
      bar: { of: 'our worst', atMost: 64 * 1024 },
    }),
  ];
}
