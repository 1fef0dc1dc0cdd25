/** A site behind an air gap: a registry that nobody else reaches, a machine with a shell and Node, and a place for disks. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Outcome } from '../harness/run';
import { run } from '../harness/run';

export interface FarSite {
  readonly registry: DebianRegistry;
  /** What its people keep: ledger, receipts, caches. */
  readonly home: string;
  /** Carries a bundle there and uploads it as README.txt says. */
  receive(bundle: string, args?: readonly string[]): Promise<Outcome>;
  /** The newest receipt's file. */
  receipt(outcome: Outcome): string;
  /** The digest that a name has there by skopeo, or `undefined`. */
  digestAt(name: string): Promise<string | undefined>;
  /** As if its registry had been set up again. */
  wipeRegistry(): Promise<void>;
  close(): Promise<void>;
}

export async function startFarSite(): Promise<FarSite> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-site-'));
  const home = join(folder, 'home');
  await mkdir(home);
  const registry = await startDebianRegistry();
  let discs = 0;
  return {
    registry,
    home,
    receive: async (bundle, args = []) => {
      const disc = join(folder, `disc ${(discs += 1)}`);
      await cp(bundle, disc, { recursive: true });
      const env = { PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(':'), HOME: home };
      const usual = [registry.host, '--dest-tls-verify=false', '--black-hole'];
      return run('sh', [join(disc, 'seq-upload.sh'), ...usual, ...args], { cwd: folder, env });
    },
    receipt: ({ output }) => {
      const [path] = /\S*\/receipts\/\S+/.exec(output) ?? [];
      if (path === undefined) throw new Error(`no receipt is named:\n${output}`);
      return path;
    },
    digestAt: async (name) => {
      const raw = await skopeo(['inspect', '--raw', `docker://${registry.host}/${name}`]).catch(() => undefined);
      return raw === undefined ? undefined : `sha256:${createHash('sha256').update(raw).digest('hex')}`;
    },
    wipeRegistry: () => rm(join(registry.folder, 'docker'), { recursive: true, force: true }),
    close: async () => {
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
