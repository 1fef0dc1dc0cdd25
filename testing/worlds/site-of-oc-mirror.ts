/** The other side of the air gap: a site with its own registry, its own oc-mirror cache, and no way to any other network. */
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ocMirrorEnvironment } from '../../plugin/src/engine/oc-mirror/environment';
import { freeLoopbackPort } from '../../plugin/src/engine/oc-mirror/port';
import { runProgram } from '../../plugin/src/system/process';
import type { DebianRegistry } from '../lab/debian-registry';
import { startDebianRegistry } from '../lab/debian-registry';
import { programPath } from '../lab/requirements';
import type { SealedWorld } from './sealed-by-oc-mirror';

export interface Site {
  readonly registry: DebianRegistry;
  /**
   * Carries a sequence's folder over and uploads it as people do, inside the folder. Returns what went wrong; empty if
   * nothing did.
   */
  upload(folder: string): Promise<string>;
  close(): Promise<void>;
}

export async function startSite(world: SealedWorld, name: string): Promise<Site> {
  const registry = await startDebianRegistry();
  const home = join(world.upstream.folder, 'sites', name);
  await mkdir(home, { recursive: true });
  return {
    registry,
    upload: async (folder) => {
      // `cp -rL`: with everything that lies beside the archives.
      const here = join(home, basename(folder));
      await cp(folder, here, { recursive: true, dereference: true });
      const port = await freeLoopbackPort();
      const nowhere = 'http://127.0.0.1:1';
      const { OCP_SIGNATURE_VERIFICATION_PK } = world.upstream.lab.env;
      const args = ['-c', 'imageset-config.yaml', '--from', 'file://.', `docker://${registry.host}`, '--v2'];
      // What a lab needs beyond the original scripts: its own cache, a free port, a registry without TLS.
      const lab = [`--cache-dir=${home}`, `--port=${port}`, '--dest-tls-verify=false', '--retry-times=1'];
      const result = await runProgram(programPath('oc-mirror') ?? 'oc-mirror', [...args, ...lab], {
        cwd: here,
        env: {
          ...ocMirrorEnvironment({ ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere }, { port }),
          CONTAINERS_REGISTRIES_CONF: '/dev/null',
          OCP_SIGNATURE_VERIFICATION_PK,
        },
      });
      return result.exitCode === 0 ? '' : `exit ${result.exitCode}: ${result.stdout.slice(-3000)}`;
    },
    close: () => registry.stop(),
  };
}
