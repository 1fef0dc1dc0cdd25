/** The lab as other programs see it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anImage } from '../images/image';
import { fillFromLab, skopeo, startDebianRegistry } from './debian-registry';
import type { Lab, LabOptions } from './lab';
import { startLab } from './lab';
import { describeWith, programPath } from './requirements';

const ubi = anImage('registry.redhat.io/ubi9/ubi:9.5', {
  layers: [{ name: 'ubi9-base', bytes: 2_000_000 }, 'ubi9'],
  architectures: ['amd64', 'arm64'],
  signed: true,
});
const nginx = anImage('docker.io/library/nginx:1.27', { format: 'docker' });
const etcd = anImage('quay.io/coreos/etcd:v3.5', { format: 'docker', architectures: ['amd64', 's390x'] });
const images = [ubi, nginx, etcd];

jest.setTimeout(120_000);

let lab: Lab;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-judged-'));
});
afterEach(async () => {
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

describeWith(['skopeo'], 'skopeo reads the lab', () => {
  const kinds: (LabOptions & { name: string })[] = [
    { name: 'in the open' },
    { name: 'with a password', auth: { kind: 'basic' } },
    { name: 'with tokens and object storage', auth: { kind: 'token' }, objectStorage: true },
    { name: 'by TLS', tls: true, auth: { kind: 'token' }, objectStorage: true },
  ];
  it.each(kinds)('under real names: $name', async ({ name: _, ...options }) => {
    lab = await startLab({ images, ...options });
    for (const [at, { reference }] of images.entries()) {
      const target = join(folder, String(at));
      await skopeo(['copy', '--all', `docker://${reference}`, `dir:${target}`], { env: lab.env() });
      const manifest = await skopeo(['manifest-digest', join(target, 'manifest.json')]);
      expect(manifest.trim()).toBe(await lab.digestOf(reference));
    }
    expect(lab.journal.authorizationLeaks()).toEqual([]);
  });

  it('and unpacks layers of any size', async () => {
    // Around the end of a stored block, where what fills the gzip header is longest.
    const sizes = [2048, 2049, 3000, ...Array.from({ length: 70 }, (_, at) => 63 * 1024 + 16 * at)];
    const layers = sizes.map((bytes) => ({ name: 'sized', bytes }));
    lab = await startLab({ images: [anImage('quay.io/a/sized:1', { layers })] });
    await skopeo(['copy', '--dest-decompress', 'docker://quay.io/a/sized:1', `dir:${folder}`], { env: lab.env() });
    // Each layer, the config, the manifest and a file that says `dir:` made them.
    expect(await readdir(folder)).toHaveLength(sizes.length + 3);
  });
});

describeWith(['skopeo', 'docker-registry'], "Debian's docker-registry", () => {
  it.each([
    { name: 'open', basicAuth: false },
    { name: 'with a password', basicAuth: true },
  ])('takes every image with its digest: $name', async ({ basicAuth }) => {
    lab = await startLab({ images });
    const registry = await startDebianRegistry({ folder, basicAuth });
    try {
      await fillFromLab(
        lab,
        registry,
        images.map(({ reference }) => reference),
      );
      const raw = await skopeo(['inspect', '--raw', `docker://${registry.host}/ubi9/ubi:9.5`], {
        authFiles: [registry.authFile],
      });
      await writeFile(join(folder, 'raw'), raw);
      expect((await skopeo(['manifest-digest', join(folder, 'raw')])).trim()).toBe(await lab.digestOf(ubi.reference));
    } finally {
      await registry.stop();
    }
  });
});

describeWith(['skopeo'], 'skopeo writes to the lab', () => {
  it('by upload, with a token for both repositories', async () => {
    lab = await startLab({ images, auth: { kind: 'token' } });
    const target = `docker://${lab.host}/target/ubi:9.5`;
    await skopeo(['copy', '--all', '--preserve-digests', `docker://${ubi.reference}`, target], { env: lab.env() });
    expect(await lab.digestOf('target/ubi:9.5')).toBe(await lab.digestOf(ubi.reference));
  });
});

describeWith(['oc-mirror'], 'oc-mirror mirrors the lab to disk', () => {
  it('under real names', async () => {
    lab = await startLab({ images });
    const mirror = { additionalImages: images.map(({ reference: name }) => ({ name })) };
    const config = { kind: 'ImageSetConfiguration', apiVersion: 'mirror.openshift.io/v2alpha1', mirror };
    await writeFile(join(folder, 'isc.yaml'), JSON.stringify(config));
    const args = [
      '--v2',
      '--config=isc.yaml',
      '--cache-dir=cache',
      '--src-tls-verify=false',
      '--remove-signatures=true',
      'file://out',
    ];
    await promisify(execFile)(
      programPath('oc-mirror') ?? '',
      [...args, `--port=${10_000 + Math.floor(Math.random() * 40_000)}`],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...lab.env() },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(await readdir(join(folder, 'out'))).toContain('mirror_000001.tar');
    expect(lab.journal.matching({ path: /ubi9\/ubi\/blobs\/sha256:/ }).length).toBeGreaterThan(0);
    expect((await readFile(join(folder, 'out/mirror_000001.tar'))).length).toBeGreaterThan(4_000_000);
  });
});
