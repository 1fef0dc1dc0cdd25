/** Archives of the embedded engine as other programs see them. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anImage } from '../../../../testing/images/image';
import type { DebianRegistry } from '../../../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../../../testing/lab/debian-registry';
import type { Lab } from '../../../../testing/lab/lab';
import { startLab } from '../../../../testing/lab/lab';
import { describeWith, programPath } from '../../../../testing/lab/requirements';
import { archiveFileName } from '../../archive/names';
import { verifyArchives } from '../../archive/verify';
import type { BlobSet } from '../../oci/blob';
import { silentProgress } from '../../system/progress';
import type { MirrorRequest, StagedArchives } from '../engine';
import { embeddedEngine } from './embedded';
import { parsed } from './source.fixture';

const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const etcd = 'quay.io/coreos/etcd:v3.5';
const base = { name: 'ubi9-base', bytes: 500_000 };

jest.setTimeout(120_000);

let lab: Lab;
let folder: string;
let registries: DebianRegistry[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-judged-'));
  registries = [];
  lab = await startLab({
    images: [
      anImage(ubi, { layers: [base, 'ubi9'], architectures: ['amd64', 'arm64'], signed: true }),
      anImage(etcd, { layers: [base, 'etcd'], format: 'docker', architectures: ['amd64', 's390x'] }),
    ],
  });
});
afterEach(async () => {
  for (const registry of registries) await registry.stop();
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

async function mirror(number: number, names: readonly string[], held: BlobSet = new Map()): Promise<StagedArchives> {
  const document = parsed(['mirror:', '  additionalImages:', ...names.map((name) => `    - name: ${name}`)].join('\n'));
  const request: MirrorRequest = {
    document,
    base: held,
    linksInBase: () => false,
    allowMissing: [],
    resolveDependencies: false,
    stage: join(folder, `stage${number}`),
    engineFolder: join(folder, 'engine'),
    registries: {},
    options: {
      parallelImages: 2,
      parallelLayers: 2,
      retries: 1,
      imageTimeoutSeconds: 60,
      removeSignatures: false,
      slim: true,
      attachments: { taken: 'all', ifRefused: 'fail' },
    },
    progress: silentProgress,
    signal: new AbortController().signal,
    ensureSpace: async () => undefined,
    env: lab.env(),
    workspaceRoot: folder,
    now: () => new Date(),
  };
  return embeddedEngine.mirrorToDisk(request, { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' });
}

/** Two sequences, the second of which adds an image by digest and holds only what is new. */
async function twoSequences(): Promise<StagedArchives[]> {
  const second = `${etcd.replace(/:v3.5$/, '')}@${await lab.digestOf(etcd)}`;
  const first = await mirror(1, [ubi]);
  const { blobs } = await verifyArchives(first.archives, { hash: 'blobs' });
  return [first, await mirror(2, [ubi, second], new Map(blobs.map((record) => [record.digest, record])))];
}

async function serve(storage: string): Promise<DebianRegistry> {
  const registry = await startDebianRegistry({ folder: storage });
  registries.push(registry);
  return registry;
}

describeWith(['docker-registry', 'skopeo'], 'docker-registry and skopeo', () => {
  it('serve and copy every image of unpacked archives, with the digests of the source', async () => {
    const staged = await twoSequences();
    const storage = join(folder, 'storage');
    await mkdir(storage);
    for (const path of staged.flatMap(({ archives }) => archives))
      await promisify(execFile)('tar', ['xf', path, '-C', storage]);
    const registry = await serve(storage);
    const { images } = staged[1] as StagedArchives;
    expect(images.filter(({ attachedTo }) => attachedTo !== undefined).length).toBeGreaterThan(0);
    for (const [number, { repository, tag, digest }] of images.entries()) {
      const target = join(folder, `image${number}`);
      await skopeo([
        'copy',
        '--all',
        '--preserve-digests',
        `docker://${registry.host}/${repository}:${tag}`,
        `dir:${target}`,
      ]);
      expect((await skopeo(['manifest-digest', join(target, 'manifest.json')])).trim()).toBe(digest);
    }
  });
});

/** One cache for all, as at a site. Everything not on loopback is out of reach. */
async function diskToMirror(from: string, host: string): Promise<void> {
  const port = await freePort();
  const args = ['--v2', '-c', 'isc.yaml', '--from', 'file://.', `docker://${host}/lab`, '--dest-tls-verify=false'];
  const more = [
    '--cache-dir',
    join(folder, 'cache'),
    '-p',
    String(port),
    '--retry-times',
    '0',
    '--remove-signatures=false',
  ];
  await promisify(execFile)(programPath('oc-mirror') as string, [...args, ...more], {
    cwd: from,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      CONTAINERS_REGISTRIES_CONF: '/dev/null',
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: 'localhost,127.0.0.1',
      REGISTRY_HTTP_ADDR: `127.0.0.1:${port}`,
    },
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describeWith(['oc-mirror', 'docker-registry', 'skopeo'], 'oc-mirror', () => {
  it('uploads the archives in order with the pinned configurations, and reaches no source', async () => {
    const staged = await twoSequences();
    const registry = await serve(join(folder, 'destination'));
    for (const [number, { archives, pinnedConfig }] of staged.entries()) {
      const from = join(folder, `from${number}`);
      await mkdir(from);
      for (const [at, path] of archives.entries()) await cp(path, join(from, archiveFileName(at + 1)));
      await writeFile(join(from, 'isc.yaml'), pinnedConfig);
      await diskToMirror(from, registry.host);
    }
    const { images } = staged[1] as StagedArchives;
    for (const { repository, tag, digest } of images.filter(({ attachedTo }) => attachedTo === undefined)) {
      const target = join(folder, tag.slice(0, 20));
      await skopeo(['copy', '--all', `docker://${registry.host}/lab/${repository}:${tag}`, `dir:${target}`]);
      expect((await skopeo(['manifest-digest', join(target, 'manifest.json')])).trim()).toBe(digest);
    }
  });
});
