/** A chain of sequences over a synthetic OpenShift upstream, mirrored and uploaded by the real oc-mirror. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { VerifiedArchives } from '../../plugin/src/archive/verify';
import { verifyArchives } from '../../plugin/src/archive/verify';
import type {
  EngineOptions,
  EngineVersion,
  MirrorEngine,
  MirrorRequest,
  StagedArchives,
} from '../../plugin/src/engine/engine';
import { ocMirrorEnvironment } from '../../plugin/src/engine/oc-mirror/environment';
import { ocMirrorEngine } from '../../plugin/src/engine/oc-mirror/oc-mirror';
import { freeLoopbackPort } from '../../plugin/src/engine/oc-mirror/port';
import type { ImageSetDocument } from '../../plugin/src/imageset/document';
import { requireImageSet } from '../../plugin/src/imageset/document';
import type { BlobRecord, BlobSet } from '../../plugin/src/oci/blob';
import type { Digest } from '../../plugin/src/oci/digest';
import type { ProgramResult } from '../../plugin/src/system/process';
import { runProgram } from '../../plugin/src/system/process';
import { silentProgress } from '../../plugin/src/system/progress';
import type { DebianRegistry } from '../lab/debian-registry';
import { startDebianRegistry } from '../lab/debian-registry';
import type { OpenShiftLab } from '../lab/openshift/openshift';
import { startOpenShiftLab } from '../lab/openshift/openshift';
import { programPath } from '../lab/requirements';

export interface World {
  readonly folder: string;
  readonly upstream: DebianRegistry;
  readonly lab: OpenShiftLab;
  readonly options: EngineOptions;
  readonly env: NodeJS.ProcessEnv;
  version(): Promise<EngineVersion>;
  /** A request for one sequence of the chain. */
  request(sequence: number, text: string, base: BlobSet): MirrorRequest;
  close(): Promise<void>;
}

/** The upstream before the chain begins: one release, three packages, one image. */
export async function startWorld({ layerBytes }: { layerBytes: number }): Promise<World> {
  const upstream = await startDebianRegistry();
  const lab = await startOpenShiftLab({ registry: upstream.host, layerBytes });
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-chain-'));
  await lab.publishRelease('4.99.0', { etcd: 1, console: 1, dns: 1, 'machine-config-operator': 1 });
  await lab.publishCatalog({
    'web-terminal': ['1.0.0', '1.1.0'],
    'cluster-logging': ['6.0.0'],
    'quay-operator': ['3.9.0'],
  });
  await lab.publishImage('ubi9/ubi', '9.5', 'ubi 9.5');
  const options: EngineOptions = {
    ocMirrorBinary: programPath('oc-mirror') ?? 'oc-mirror',
    parallelImages: 4,
    parallelLayers: 5,
    retries: 1,
    imageTimeoutSeconds: 600,
    removeSignatures: false,
    slim: true,
    attachments: { taken: 'all', ifRefused: 'fail' },
  };
  const version = (await ocMirrorEngine.probe(options, process.env)) as EngineVersion;
  const env = { ...process.env, ...(/^4\.1[89]\./.test(version.version) ? lab.envOfOldOcMirror : lab.env) };
  return {
    folder,
    upstream,
    lab,
    options,
    env,
    version: async () => version,
    request: (sequence, text, base) => ({
      document: documentOf(text),
      base,
      linksInBase: () => false,
      allowMissing: [],
      resolveDependencies: false,
      stage: join(folder, `seq${sequence}`),
      engineFolder: join(folder, 'oc-mirror'),
      keyFile: join(folder, 'operator.key'),
      registries: { registriesConf: lab.registriesConf },
      options,
      env,
      progress: silentProgress,
      signal: new AbortController().signal,
      ensureSpace: async () => undefined,
      workspaceRoot: folder,
      now: () => new Date(),
    }),
    close: async () => {
      await lab.close();
      await upstream.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The minor version of an oc-mirror, 19 for 4.19; one built from main is the newest. */
export function minorVersionOf(program: string): number {
  const version = execFileSync(program, ['version', '--output=json', '--v2'], { encoding: 'utf8', stdio: 'pipe' });
  return Number(/"gitVersion": "4\.(\d+)\./.exec(version)?.[1] ?? Infinity);
}

/** An imageset configuration of the lab's release and what is added to it. */
export function imageSetText({
  packages = [],
  images = [],
}: {
  packages?: readonly string[];
  images?: readonly string[];
}): string {
  const operators =
    packages.length === 0
      ? ''
      : [
          '  operators:',
          '    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.99',
          '      packages:',
          ...packages.map((name) => `        - name: ${name}`),
          '',
        ].join('\n');
  const additional =
    images.length === 0 ? '' : ['  additionalImages:', ...images.map((name) => `    - name: ${name}`), ''].join('\n');
  return [
    'apiVersion: mirror.openshift.io/v2alpha1',
    'kind: ImageSetConfiguration',
    'mirror:',
    '  platform:',
    '    channels:',
    '      - name: stable-4.99',
    `${operators}${additional}`,
  ].join('\n');
}

export function documentOf(text: string): ImageSetDocument {
  return requireImageSet(text, 'imageset-config.yaml');
}

export interface Mirrored {
  readonly staged: StagedArchives;
  readonly verified: VerifiedArchives;
  readonly archiveBytes: number;
  readonly blobBytes: number;
  /** Payload of the link files, without tar headers. */
  readonly linkBytes: number;
}

const linkFileBytes = 71;

/** Mirrors one sequence, with oc-mirror unless another engine is named, and reads back the result. */
export async function mirror(
  world: World,
  request: MirrorRequest,
  engine: MirrorEngine = ocMirrorEngine,
): Promise<Mirrored> {
  const version = (await engine.probe(world.options, world.env)) as EngineVersion;
  const staged = await engine.mirrorToDisk(request, version);
  const verified = await verifyArchives(staged.archives, { hash: 'blobs' });
  return {
    staged,
    verified,
    archiveBytes: sum(verified.archives.map(({ bytes }) => bytes)),
    blobBytes: sum(verified.blobs.map(({ bytes }) => bytes)),
    linkBytes: verified.links.length * linkFileBytes,
  };
}

/** The digests that images need and that are missing. */
export function lackingIn(images: StagedArchives['images'], blobs: BlobSet): Digest[] {
  const lacking: Digest[] = [];
  const seen = new Set<Digest>();
  const visit = (digest: Digest): void => {
    if (seen.has(digest)) return;
    seen.add(digest);
    const blob = blobs.get(digest);
    if (blob === undefined) lacking.push(digest);
    else blob.refs?.forEach(visit);
  };
  images.forEach(({ digest }) => visit(digest));
  return lacking;
}

export function withBlobs(base: BlobSet, blobs: readonly BlobRecord[]): Map<Digest, BlobRecord> {
  return new Map([...base, ...blobs.map((blob) => [blob.digest, blob] as const)]);
}

/**
 * Uploads archives with oc-mirror's own disk-to-mirror: one cache for the site, and no network, since every proxy leads
 * nowhere and no registries.conf counts.
 */
export async function upload(
  world: World,
  { archives, config, to, site }: { archives: readonly string[]; config: string; to: DebianRegistry; site: string },
): Promise<ProgramResult> {
  const from = await mkdtemp(join(world.folder, 'from-'));
  await mkdir(join(world.folder, site), { recursive: true });
  await writeFile(join(from, 'imageset-config.yaml'), config);
  for (const archive of archives) await symlink(archive, join(from, basename(archive)));
  const port = await freeLoopbackPort();
  const nowhere = 'http://127.0.0.1:1';
  const { OCP_SIGNATURE_VERIFICATION_PK } = world.lab.env;
  return runProgram(
    world.options.ocMirrorBinary as string,
    [
      '--v2',
      '--config=imageset-config.yaml',
      `--cache-dir=${join(world.folder, site)}`,
      `--port=${port}`,
      '--dest-tls-verify=false',
      '--retry-times=1',
      '--from=file://.',
      `docker://${to.host}`,
    ],
    {
      cwd: from,
      env: {
        ...ocMirrorEnvironment({ ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere }, { port }),
        CONTAINERS_REGISTRIES_CONF: '/dev/null',
        OCP_SIGNATURE_VERIFICATION_PK,
      },
    },
  );
}

/** What a registry has under a tag. */
export async function digestAt(registry: DebianRegistry, place: string): Promise<string | undefined> {
  const colon = place.lastIndexOf(':');
  const response = await fetch(`${registry.url}/v2/${place.slice(0, colon)}/manifests/${place.slice(colon + 1)}`, {
    method: 'HEAD',
    headers: {
      accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json',
    },
  });
  return response.headers.get('docker-content-digest') ?? undefined;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
