/** Debian's docker-registry over a folder: it serves seqmirror's archives, and accepts pushes. */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Lab } from './lab';
import { defaultPassword, defaultUser } from './registry/access';

export interface DebianRegistryOptions {
  /** Its storage, `docker/registry/v2/…` below it. A temporary one if not given, which `stop` removes. */
  readonly folder?: string;
  readonly allowDelete?: boolean;
  /** Asks for the lab's user and password. */
  readonly basicAuth?: boolean;
  readonly readOnly?: boolean;
}

export interface DebianRegistry {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly folder: string;
  /** With credentials for it, when it asks for any. */
  readonly authFile: string | undefined;
  readonly pid: number;
  /** What it wrote so far, for the message of a failed test. */
  log(): string;
  stop(): Promise<void>;
}

// bcrypt, the only kind that docker-registry knows, of the lab's password.
const passwordHash = '$2b$05$seqmirrorlabseqmirroreuk1GLADYG/VmKlIiRCHrx85QMuknr2C';
const attempts = 3;
const readyWithinMilliseconds = 20_000;

/** Starts it on a free port and returns when it answers. */
export async function startDebianRegistry(options: DebianRegistryOptions = {}): Promise<DebianRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'seqmirror-registry-'));
  const folder = options.folder ?? join(home, 'storage');
  await mkdir(folder, { recursive: true });
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, `${defaultUser}:${passwordHash}\n`);
  // Another process may take the port between finding it and listening on it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const configFile = join(home, 'config.yml');
    await writeFile(configFile, JSON.stringify(configuration({ ...options, folder, port, htpasswd, home }), null, 2));
    const child = spawn('docker-registry', ['serve', configFile], {
      env: withoutOverrides(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = collect(child);
    const exited = once(child, 'exit');
    const host = `127.0.0.1:${port}`;
    if (!(await ready(child, { url: `http://${host}/v2/`, home }))) {
      child.kill('SIGKILL');
      await exited;
      if (attempt < attempts) continue;
      await rm(home, { recursive: true, force: true });
      throw new Error(`docker-registry did not start:\n${log()}`);
    }
    const authFile = options.basicAuth ? join(home, 'auth.json') : undefined;
    if (authFile !== undefined) {
      const auth = Buffer.from(`${defaultUser}:${defaultPassword}`).toString('base64');
      await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
    }
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
      await rm(home, { recursive: true, force: true });
    };
    return { url: `http://${host}`, host, folder, authFile, pid: child.pid ?? 0, log, stop };
  }
}

/**
 * Copies images of the lab into a registry with skopeo, keeping all architectures and digests; there their names have
 * no host.
 */
export async function fillFromLab(lab: Lab, registry: DebianRegistry, references: readonly string[]): Promise<void> {
  for (const reference of references) {
    const source = `docker://${lab.host}/${reference}`;
    const target = `docker://${registry.host}/${reference.slice(reference.indexOf('/') + 1)}`;
    await skopeo(['copy', '--all', '--preserve-digests', source, target], {
      authFiles: [lab.authFile, registry.authFile],
    });
  }
}

/**
 * Runs skopeo without a signature policy, with no registries.conf but that of `env`, and gives what it prints. Debian 12's
 * skopeo (1.9.3) does not know CONTAINERS_REGISTRIES_CONF, hence its flag. TLS is verified where `env` says by what.
 */
export async function skopeo(
  args: readonly string[],
  { env = {}, authFiles = [] }: { env?: Record<string, string>; authFiles?: readonly (string | undefined)[] } = {},
): Promise<string> {
  const [command = '', ...rest] = args;
  const [sourceAuth, targetAuth] = authFiles;
  const verified = env['SSL_CERT_FILE'] !== undefined;
  const registries = `--registries-conf=${env['CONTAINERS_REGISTRIES_CONF'] ?? '/dev/null'}`;
  const flags = ((): string[] => {
    if (command === 'copy') {
      const insecure = verified ? [] : ['--src-tls-verify=false', '--dest-tls-verify=false'];
      return [...insecure, ...flag('--src-authfile', sourceAuth), ...flag('--dest-authfile', targetAuth)];
    }
    if (command === 'manifest-digest') return [];
    return [...(verified ? [] : ['--tls-verify=false']), ...flag('--authfile', sourceAuth)];
  })();
  const { stdout } = await promisify(execFile)(
    'skopeo',
    ['--insecure-policy', registries, command, ...flags, ...rest],
    {
      env: { PATH: process.env['PATH'], HOME: tmpdir(), ...env },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return stdout;
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly htpasswd: string;
  readonly home: string;
}

/** Header in every answer that identifies the registry. */
const homeHeader = 'X-Seqmirror-Home';

/** JSON is YAML; the keys are those of docker-registry 2.8's config.yml. */
function configuration(options: DebianRegistryOptions & Place): object {
  const { folder, port, htpasswd, home, allowDelete = false, readOnly = false } = options;
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: folder },
      delete: { enabled: allowDelete },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: readOnly } },
    },
    http: { addr: `127.0.0.1:${port}`, secret: 'seqmirror-lab', headers: { [homeHeader]: [home] } },
    ...(options.basicAuth ? { auth: { htpasswd: { realm: 'seqmirror-lab', path: htpasswd } } } : {}),
  };
}

/** It would take every `REGISTRY_*` variable as a part of its configuration. */
function withoutOverrides(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('REGISTRY_') && !/_proxy$/i.test(name));
  return { ...Object.fromEntries(kept), OTEL_TRACES_EXPORTER: 'none' };
}

/** A port on which nobody listens at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (piece: Buffer): void => void (text = (text + piece.toString()).slice(-16_384));
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

/** Whether this registry answers: another one that took the port meanwhile would answer too. */
async function ready(
  child: ChildProcess,
  { url, home }: { readonly url: string; readonly home: string },
): Promise<boolean> {
  const until = Date.now() + readyWithinMilliseconds;
  while (child.exitCode === null && Date.now() < until) {
    const answered = await fetch(url).then(
      ({ status, headers }) => [200, 401].includes(status) && headers.get(homeHeader) === home,
      () => false,
    );
    if (answered) return true;
    await setTimeout(50);
  }
  return false;
}
