/** A site for drills: a registry that starts empty, and people who upload what they get. */
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { runFolder } from '../../testing/run/run-folder';
import type { Outcome } from '../harness/run';
import type { Workspace } from '../harness/workspace';
import { typed } from './documented';

export interface DrilledSite {
  /** The site folder, with the receipts. */
  readonly folder: string;
  /** What is typed in the folder of a bundle, with `registry.site:8443` as the registry. */
  upload(workspace: Workspace, bundle: string, command?: string): Promise<Outcome>;
  /** The registry is there again, with nothing in it. */
  loseRegistry(): Promise<void>;
  /** The digest of an image such as `ubi9/ubi:9.5`, or `undefined`. */
  digestOf(image: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

export async function startSite(): Promise<DrilledSite> {
  const folder = await mkdtemp(join(runFolder(), 'site-'));
  let registry: Lab = await startLab({ images: [] });
  return {
    folder,
    upload: (workspace, bundle, command = './seq-upload.sh registry.site:8443/ocp') =>
      typed(command.trim(), {
        workspace,
        cwd: bundle,
        instead: {
          'registry.site:8443/ocp': `${registry.host}/ocp --dest-tls-verify=false --site-dir=${folder}`,
        },
      }),
    async loseRegistry() {
      const port = Number(new URL(registry.url).port);
      await registry.stop();
      registry = await startLab({ images: [], port });
    },
    async digestOf(image) {
      const answer = await fetch(`${registry.url}/v2/ocp/${image.replace(':', '/manifests/')}`);
      if (!answer.ok) return undefined;
      return `sha256:${createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex')}`;
    },
    stop: () => registry.stop(),
  };
}

/** The code that the upload script printed. */
export function codeIn({ output }: Outcome): string {
  const [, code] = /this code: {2}(\S+)/.exec(output) ?? [];
  if (code === undefined) throw new Error(`no code was printed:\n${output}`);
  return code;
}
