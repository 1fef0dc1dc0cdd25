/** An npm registry on loopback that has seqmirror as packed here; for every other package it leads to the usual one. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { onceARun } from '../../testing/run/once-a-run';
import { packedPlugin } from './packed-plugin';
import { mustRun, plainEnvironment } from './run';

export interface PackageRegistry {
  /** For the environment of npm, and of Nx, which calls npm. */
  readonly env: Readonly<Record<string, string>>;
  /** The version that `latest` stands for. */
  readonly latest: string;
  stop(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** What was never published, so that there is a version to come from: the same package under a lower number. */
export const earlierVersion = '0.0.1';

export async function startPackageRegistry(): Promise<PackageRegistry> {
  const tarballs = [await earlierPackage(), await packedPlugin()];
  const versions = await Promise.all(
    tarballs.map(async (tarball) => ({ tarball, manifest: await manifestOf(tarball) })),
  );
  const { version: latest, name } = (versions.at(-1) as (typeof versions)[number]).manifest;
  const { stdout } = await mustRun('npm', ['config', 'get', 'registry'], { cwd: '/', env: plainEnvironment() });
  const usual = stdout.trim().replace(/\/$/, '');

  const server = createServer((request, response) => {
    void (async () => {
      const { url = '/' } = request;
      const found = versions.find(
        ({ tarball, manifest }) => url === `/${name}/-/${manifest.version}/${basename(tarball)}`,
      );
      if (found !== undefined) response.end(await readFile(found.tarball));
      else if (url.split('?')[0] === `/${name}`) response.end(JSON.stringify(await packument()));
      else response.writeHead(302, { location: `${usual}${url}` }).end();
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const packument = async (): Promise<object> => ({
    name,
    'dist-tags': { latest },
    versions: Object.fromEntries(
      await Promise.all(
        versions.map(async ({ tarball, manifest }) => {
          const integrity = `sha512-${createHash('sha512')
            .update(await readFile(tarball))
            .digest('base64')}`;
          const url = `${address}/${name}/-/${manifest.version}/${basename(tarball)}`;
          return [manifest.version, { ...manifest, dist: { tarball: url, integrity } }];
        }),
      ),
    ),
  });

  return {
    env: { npm_config_registry: `${address}/` },
    latest,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function manifestOf(tarball: string): Promise<Manifest> {
  const { stdout } = await mustRun('tar', ['-xOzf', tarball, 'package/package.json'], {
    cwd: '/',
    env: plainEnvironment(),
  });
  return JSON.parse(stdout) as Manifest;
}

async function earlierPackage(): Promise<string> {
  const latest = await packedPlugin();
  const folder = await onceARun('earlier-package', async (making) => {
    const env = plainEnvironment();
    await mustRun('tar', ['-xzf', latest], { cwd: making, env });
    const manifest = join(making, 'package/package.json');
    const present = JSON.parse(await readFile(manifest, 'utf8')) as Manifest;
    await writeFile(manifest, JSON.stringify({ ...present, version: earlierVersion }));
    await mkdir(join(making, 'packed'));
    await mustRun('npm', ['pack', '--ignore-scripts', '--pack-destination', '../packed'], {
      cwd: join(making, 'package'),
      env,
    });
  });
  return join(folder, 'packed', `seqmirror-${earlierVersion}.tgz`);
}
