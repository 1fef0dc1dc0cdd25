/**
 * A real server of S3-compatible storage on loopback, with one bucket: versitygw, which checks every signature and
 * keeps objects as files, or moto's server.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './debian-registry';
import type { Program } from './requirements';
import { hasProgram, programPath } from './requirements';

/** The server that is installed, for `describeWith`. */
export const storageServer: Program = hasProgram('versitygw') ? 'versitygw' : 'moto_server';

export interface StorageServer {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly bucket: string;
  /** With credentials for it. */
  readonly env: Readonly<Record<string, string>>;
  /** An object, read without our code. */
  object(key: string): Promise<Buffer>;
  /** Changes an object behind the back of everybody. */
  replace(key: string, content: Buffer): Promise<void>;
  /** Uploads that were begun and neither finished nor dropped. */
  unfinished(): Promise<number>;
  stop(): Promise<void>;
}

const bucket = 'archive';
const user = 'seqmirror-lab';
const secret = 'seqmirror-lab-secret';
const readyWithinMilliseconds = 60_000;

/** Starts it on a free port, and returns when it answers. */
export async function startObjectStorage(): Promise<StorageServer> {
  const home = await mkdtemp(join(tmpdir(), 'seqmirror-storage-'));
  const folder = join(home, 'root');
  await mkdir(join(folder, bucket), { recursive: true });
  await mkdir(join(home, 'meta'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const endpoint = `http://${host}`;
  const isGateway = storageServer === 'versitygw';
  const args = isGateway
    ? [
        '--port',
        host,
        '--access',
        user,
        '--secret',
        secret,
        '--quiet',
        'posix',
        '--sidecar',
        join(home, 'meta'),
        folder,
      ]
    : ['-H', '127.0.0.1', '-p', String(port)];
  const child = spawn(programPath(storageServer) ?? storageServer, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  const until = Date.now() + readyWithinMilliseconds;
  for (;;) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) break;
    if (child.exitCode === null && Date.now() < until) await setTimeout(50);
    else {
      await stop();
      throw new Error(`${storageServer} did not start`);
    }
  }
  // moto accepts every signature, but looks for one.
  const authorization = `AWS4-HMAC-SHA256 Credential=${user}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const asked = async (path: string, init: RequestInit = {}): Promise<Buffer> => {
    const answer = await fetch(`${endpoint}/${bucket}${path}`, { ...init, headers: { authorization } });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  if (!isGateway) await asked('', { method: 'PUT' });
  return {
    ...{ endpoint, host, bucket, stop },
    env: { AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: secret },
    object: (key) => (isGateway ? readFile(join(folder, bucket, key)) : asked(`/${key}`)),
    replace: async (key, content) => {
      if (isGateway) await writeFile(join(folder, bucket, key), content);
      else await asked(`/${key}`, { method: 'PUT', body: new Uint8Array(content) });
    },
    unfinished: async () => {
      if (!isGateway) return (await asked('?uploads')).toString().split('<Upload>').length - 1;
      const below = await readdir(join(folder, bucket, '.sgwtmp', 'multipart'), { recursive: true }).catch(() => []);
      return below.filter((path) => path.split('/').length === 2).length;
    },
  };
}
