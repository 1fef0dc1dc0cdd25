/**
 * While a program runs, every account of the machine can see its arguments. A journey on both sides, in which every
 * program on PATH records its arguments: no password, token or key is ever among them.
 */
import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anImage } from '../../../testing/images/image';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundle } from '../../../testing/worlds/bundling';
import type { RecordedPrograms } from '../../../testing/worlds/recorded-programs';
import { recordedPrograms } from '../../../testing/worlds/recorded-programs';
import { aSigningWorld } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { signChain } from '../chain/sign-chain';
import type { MirrorLocation } from '../mirror/mirror';
import { mirrorSequence } from '../mirroring/mirror-sequence';
import { createLab } from '../registry/scripted-registry.fixture';
import { testServer } from '../registry/test-certificates.fixture';
import { silentProgress } from '../system/progress';
import { uploadSequence } from '../upload/upload-sequence';
import { validate } from '../validation/validate';

const exec = promisify(execFile);
jest.setTimeout(300_000);
const image = 'quay.io/platform/app:1.0';
const upstreamPassword = 'Upstream-0f2b7c';
const sitePassword = 'Site-9d41aa';
const proxyPassword = 'Proxy-77b1e0';
const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };

describe('every place that starts another program', () => {
  it('is covered by the journey below', async () => {
    const root = join(__dirname, '..');
    const starting: string[] = [];
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/(?<!\.spec|\.fixture)\.ts$/.test(entry.name)) continue;
      const starts = /\b(?:runProgram|startProgram)\(|\bfrom 'node:child_process'|import\('execa'\)/;
      if (starts.test(await readFile(path, 'utf8'))) starting.push(path.slice(root.length + 1));
    }
    expect(starting.sort()).toEqual([
      // xorriso, with paths of the output folder and names of files of the bundle.
      'bundle/write/image.ts',
      'engine/oc-mirror/one-run.ts',
      'engine/oc-mirror/version.ts',
      // `helm template` of a chart that is on this machine already, without the variables that hold secrets (helm.spec.ts).
      'helm/render.ts',
      'mirror/signer.ts',
      'registry/credential-helper.ts',
      // `oc apply -f -` of texts from the records; credentials are in the kubeconfig (cluster-plan.judged.spec.ts).
      'sites/cluster-program.ts',
      // `ps -p <pid>`, if there is no /proc.
      'system/process-identity.ts',
      'system/process.ts',
    ]);
  });
});

describeWith(['ssh-keygen'], 'a journey with passwords, tokens and keys', () => {
  let upstream: Lab;
  let site: Lab;
  let world: World;
  let programs: RecordedPrograms;
  let location: MirrorLocation;
  const at = (...names: string[]) => join(world.root, ...names);
  const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64');
  const allOf = async () => (await programs.started()).map((words) => words.join(' ')).join('\n');
  const refuseSecrets = async () => {
    const said = await allOf();
    const key = (await readFile(at('key'), 'utf8')).split('\n').slice(1, -2);
    const operator = await readFile(join(location.env['HOME'] as string, '.config/seqmirror/operator.key'), 'utf8');
    const secrets = [
      upstreamPassword,
      sitePassword,
      proxyPassword,
      basic('lab', sitePassword),
      basic('us', upstreamPassword),
    ];
    for (const secret of [...secrets, ...key, operator.trim().split(' ')[1] as string]) {
      expect(secret.length).toBeGreaterThan(8);
      expect(said).not.toContain(secret);
    }
    expect(said).not.toMatch(/bearer|authorization/i);
    // A token; a folder's random name may begin with its first letters.
    expect(said).not.toMatch(/eyJ[\w-]{20}/);
    return said;
  };

  beforeAll(async () => {
    upstream = await startLab({
      images: [anImage(image)],
      auth: { kind: 'token', user: 'us', password: upstreamPassword },
    });
    site = await startLab({ images: [], auth: { kind: 'basic', password: sitePassword } });
    world = await aSigningWorld(upstream);
    programs = await recordedPrograms(join(world.root, '..', 'programs'));
    const answer = JSON.stringify({ Username: 'us', Secret: upstreamPassword });
    await programs.add('docker-credential-lab', `#!/bin/sh\ncat >/dev/null\nprintf '%s' '${answer}'\n`);
    const version = JSON.stringify({ clientVersion: { gitVersion: 'v4.19.0-202507292137.p0' } });
    await programs.add(
      'oc-mirror',
      `#!/bin/sh\n[ "$1" != version ] || { echo '${version}'; exit 0; }\necho none >&2\nexit 1\n`,
    );
    const authFile = at('auth.json');
    const auths = { [site.host]: { auth: basic('lab', sitePassword) } };
    await writeFile(authFile, JSON.stringify({ auths, credHelpers: { [upstream.host]: 'lab' } }), { mode: 0o600 });
    location = {
      ...world.location,
      env: {
        ...world.location.env,
        PATH: programs.bin,
        REGISTRY_AUTH_FILE: authFile,
        HTTPS_PROXY: `http://us:${proxyPassword}@127.0.0.1:1`,
        NO_PROXY: '127.0.0.1',
      },
    };
    await settings('embedded');
    await world.sequence('seq1-baseline', [image]);
  });
  const closers: (() => Promise<unknown>)[] = [];
  const closing = <T extends { close: () => Promise<unknown> }>(servers: T): T => {
    closers.push(() => servers.close());
    return servers;
  };
  afterAll(async () => {
    for (const close of closers) await close();
    await world?.remove();
    await site?.stop();
    await upstream?.stop();
  });
  const settings = (engine: string) =>
    world.write(
      'mirror/seqmirror.yaml',
      `schema: seqmirror/v1\nid: test\nengine: ${engine}\nsigning: { with: ssh, key: ../key }\nretries: 0\nregistries: { hosts: { '${site.host}': { insecure: true } } }\n`,
    );

  it('on this side: mirrors with a helper and tokens, signs, validates, bundles, and uploads, with either engine', async () => {
    const given = { ...run, location, folder: 'seq1-baseline', dryRun: false };
    expect((await mirrorSequence({ ...given, refresh: false, cachedByNx: false })).kind).toBe('sealed');
    await signChain({ ...run, location });
    await validate({ ...run, location, depth: 'deep' });
    // Stands in for the enclosed uploader, which the script starts with node.
    await writeFile(at('seqmirror-upload.js'), 'process.exit(0);\n');
    await bundle({ location, root: world.root }, 'seq1-baseline', { uploader: at('seqmirror-upload.js') });
    await uploadSequence({ ...given, registry: `${site.host}/mirror`, engine: 'auto', force: false });
    await uploadSequence({ ...given, registry: `${site.host}/mirror`, engine: 'oc-mirror', force: true }).catch(
      () => undefined,
    );
    await settings('oc-mirror');
    await world.sequence('seq2-more', [image]);
    await mirrorSequence({ ...given, folder: 'seq2-more', refresh: true, cachedByNx: false }).catch(() => undefined);
    const said = await refuseSecrets();
    // Each of them was started.
    for (const program of [
      'ssh-keygen -Y sign',
      'ssh-keygen -Y verify',
      'docker-credential-lab get',
      'oc-mirror version',
    ])
      expect(said).toContain(program);
    expect(said).toMatch(/^oc-mirror --v2 .*--authfile=\S+ .*file:\/\/\.$/m);
    expect(said).toMatch(/^oc-mirror --v2 .*docker:\/\/127\.0\.0\.1/m);
    const asked = [...upstream.journal.entries, ...site.journal.entries].map(({ authorization }) => authorization);
    expect(asked).toEqual(expect.arrayContaining(['basic', 'bearer']));
  });

  /** On the far side, with the script on the medium. */
  const script = (...args: string[]) =>
    exec('sh', [at('disk/seq-upload.sh'), ...args], {
      env: {
        PATH: programs.bin,
        HOME: at('far'),
        HTTPS_PROXY: `http://us:${proxyPassword}@127.0.0.1:1`,
        NO_PROXY: '127.0.0.1',
      },
    }).catch((error: { stdout: string; stderr: string }) => error);
  const signersThere = async () => {
    await mkdir(at('far/.seqmirror/test'), { recursive: true });
    await writeFile(at('far/.seqmirror/test/allowed_signers'), await readFile(at('mirror/allowed_signers')));
  };

  it('on the far side: a registry with TLS whose token service has none gets no password sent there', async () => {
    await signersThere();
    const servers = closing(createLab());
    const received: string[] = [];
    const token = await servers.serve(({ headers }, response) => {
      received.push(headers.authorization ?? 'no password');
      response.end(JSON.stringify({ token: 'abc' }));
    });
    const registry = await servers.serve((_request, response) => {
      const challenge = `Bearer realm="http://${token.host}/token",service="x"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    }, testServer);
    const authFile = at('other-auth.json');
    await writeFile(authFile, JSON.stringify({ auths: { [registry.host]: { auth: basic('lab', sitePassword) } } }));
    const options = [`--authfile=${authFile}`, '--dest-tls-verify=false', '--engine=oc-mirror', '--dry-run'];
    const { stderr } = await script(registry.host, ...options);
    expect([stderr, received]).toEqual([expect.stringContaining('refuses the credentials (HTTP 401)'), []]);
  });

  it.each(['oc-mirror', 'enclosed'])(
    'on the far side: the script checks, asks a registry, and uploads with %s',
    async (engine) => {
      await signersThere();
      const options = [`--authfile=${at('auth.json')}`, '--dest-tls-verify=false', `--engine=${engine}`];
      site.journal.clear();
      for (const more of [['--dry-run'], []]) await script(`${site.host}/mirror`, ...options, ...more);
      const said = await refuseSecrets();
      expect(said).toMatch(/^ssh-keygen -Y verify .*seqmirror-bundle/m);
      expect(said).toMatch(
        engine === 'enclosed' ? /^node \S+seqmirror-upload\.js --bundle/m : /^oc-mirror .*imageset-config\.yaml/m,
      );
      if (engine === 'oc-mirror')
        expect(site.journal.entries.map(({ authorization }) => authorization)).toContain('basic');
    },
  );
});
