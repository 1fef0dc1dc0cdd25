/** What a chain of five steps carries, compared with today's script and the least possible. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeLoopbackPort } from '../../../plugin/src/engine/oc-mirror/port';
import type { BlobSet } from '../../../plugin/src/oci/blob';
import { hasProgram, programPath } from '../../../testing/lab/requirements';
import type { Mirrored, World } from '../../../testing/worlds/oc-mirror';
import { imageSetText, mirror, startWorld, sum, withBlobs } from '../../../testing/worlds/oc-mirror';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import { measureProcess } from '../measured-process';
import { embeddedChain } from './embedded-chain';

const layerBytes = 16 * 1024 * 1024;
const mostOverBound = 1.03;
const needed = ['oc-mirror', 'gpg', 'docker-registry'] as const;

export const chainBench: Benchmark = {
  name: 'chain',
  title: 'bytes to carry for a chain of five sequences: a release, two operators, an image, the next release',
  needs: [],
  run: async (setting) => {
    const missing = needed.filter((program) => !hasProgram(program));
    const rows = [...(missing.length === 0 ? await realChain(setting) : []), ...(await embeddedChain(setting))];
    return {
      rows,
      skipped: missing.length === 0 ? [] : [`the chain by the real oc-mirror: no ${missing.join(', no ')}`],
      notes: [
        'The bound is the least that any program must carry: all blobs that are new in a sequence, and 71 bytes for each link file.',
        'Only one run, because the bytes do not vary. Use the wall times only as a hint: seqmirror also lists every image in a dry run, and verifies the archives.',
        'The script of today makes a new folder for each sequence, with one cache for all sequences. Its ratio to the bound depends on how much of the image set changes between two sequences.',
      ],
    };
  },
};

/** Both ways side by side, because the upstream changes between the steps. */
async function realChain({ bench, scale, say }: BenchSetting): Promise<Row[]> {
  const world = await startWorld({ layerBytes: Math.round(layerBytes * scale) });
  bench.atEnd(world.close);
  const packages = ['web-terminal', 'cluster-logging'];
  const images = ['registry.redhat.io/ubi9/ubi:9.5'];
  const texts = [
    imageSetText({}),
    imageSetText({ packages: packages.slice(0, 1) }),
    imageSetText({ packages }),
    imageSetText({ packages, images }),
    imageSetText({ packages, images }),
  ];
  const ours: (Mirrored & { seconds: number })[] = [];
  const theirs: { archiveBytes: number; seconds: number }[] = [];
  let base: BlobSet = new Map();
  for (const [index, text] of texts.entries()) {
    bench.signal.throwIfAborted();
    say(`step ${index + 1} of ${texts.length}`);
    if (index === 4) {
      await world.lab.publishRelease('4.99.1', { etcd: 1, console: 2, dns: 1, 'machine-config-operator': 2 });
    }
    const started = performance.now();
    const step = await mirror(world, { ...world.request(index + 1, text, base), signal: bench.signal });
    ours.push({ ...step, seconds: (performance.now() - started) / 1000 });
    base = withBlobs(base, step.verified.blobs);
    theirs.push(await byScript(world, { number: index + 1, text, signal: bench.signal }));
  }
  const archives = sum(ours.map(({ archiveBytes }) => archiveBytes));
  const byScriptBytes = sum(theirs.map(({ archiveBytes }) => archiveBytes));
  const bound = sum(ours.map(({ blobBytes, linkBytes }) => blobBytes + linkBytes));
  const script = (value: number, unit: 'bytes' | 'factor' | 'seconds') => ({
    name: "today's script",
    value: measured(unit, [value]),
  });
  return [
    {
      what: 'carried, engine oc-mirror',
      ours: measured('bytes', [archives]),
      theirs: script(byScriptBytes, 'bytes'),
    },
    {
      what: 'carried / bound, engine oc-mirror',
      ours: measured('factor', [archives / bound]),
      theirs: script(byScriptBytes / bound, 'factor'),
      bar: { of: 'ours', atMost: mostOverBound },
    },
    {
      what: 'wall time of the five, engine oc-mirror with verification',
      ours: measured('seconds', [sum(ours.map(({ seconds }) => seconds))]),
      theirs: script(sum(theirs.map(({ seconds }) => seconds)), 'seconds'),
    },
  ];
}

/** What the script did for one sequence: oc-mirror into a folder of its own. */
async function byScript(
  { folder, options, env, lab }: World,
  { number, text, signal }: { number: number; text: string; signal: AbortSignal },
): Promise<{ archiveBytes: number; seconds: number }> {
  const content = join(folder, 'script', `seq${number}`);
  await mkdir(content, { recursive: true });
  await writeFile(join(content, 'isc.yaml'), text);
  const port = await freeLoopbackPort();
  const args = [
    '--v2',
    '--config=isc.yaml',
    '--cache-dir=../cache',
    '--src-tls-verify=false',
    `--port=${port}`,
    'file://.',
  ];
  const own = { CONTAINERS_REGISTRIES_CONF: lab.registriesConf, HOME: folder, TMPDIR: folder };
  const inherited = Object.entries(env).filter(([name]) => !name.startsWith('REGISTRY_'));
  const { seconds } = await measureProcess(options.ocMirrorBinary ?? programPath('oc-mirror') ?? 'oc-mirror', args, {
    cwd: content,
    env: { ...Object.fromEntries(inherited), ...own },
    signal,
  });
  const archives = (await readdir(content)).filter((name) => /^mirror_\d{6}\.tar$/.test(name));
  const sizes = await Promise.all(archives.map(async (name) => (await stat(join(content, name))).size));
  return { archiveBytes: sum(sizes), seconds };
}
