import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import { startLab, type Lab } from '../../testing/lab/lab';
import { onceARun } from '../../testing/run/once-a-run';
import { packedPlugin } from './packed-plugin';
import { createWorkspace, keepWorkspace, type Workspace, type WorkspaceOptions } from './workspace';

const images = [
  'registry.redhat.io/ubi9/ubi:9.5',
  'quay.io/acme/tool:1.2',
  'quay.io/acme/web:3.0',
  'quay.io/acme/more:4.1',
];

/** An imageset configuration of the first so many images that the small upstream has, with a comment that is to stay. */
export function configOf(count: number): string {
  const comment = 'additionalImages: # the smallest platform there is';
  return imageSetOf(images.slice(0, count)).replace('additionalImages:', comment);
}

export const smallChain = ['seq1-baseline', 'seq2-add-tool', 'seq3-add-web'] as const;

/** An upstream whose images take no time. */
export function startSmallUpstream(): Promise<Lab> {
  return startLab({ images: images.map((reference) => anImage(reference)) });
}

/** A workspace with a mirror that fetches from that upstream. */
export async function workspaceWithMirror(
  upstream: Pick<Lab, 'env'>,
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const workspace = await createWorkspace({ ...options, env: { ...upstream.env(), ...options.env } });
  if (options.plugin === false) {
    await workspace.nxWorks('add', `seqmirror@file:${await packedPlugin()}`);
  }
  await workspace.nxWorks('g', 'seqmirror:mirror', 'mirror');
  const settings = await workspace.read('mirror/seqmirror.yaml');
  await workspace.write('mirror/seqmirror.yaml', settings.replace('# engine: auto', 'engine: embedded'));
  return workspace;
}

/** Three planned sequences, each with one image more. */
export async function generateSmallChain(workspace: Workspace): Promise<void> {
  await workspace.write('isc.yaml', configOf(1));
  await workspace.nxWorks('g', 'seqmirror:sequence', 'baseline', '--from=isc.yaml');
  await workspace.nxWorks('g', 'seqmirror:sequence', 'add-tool');
  await workspace.write(`mirror/content/${smallChain[1]}/imageset-config.yaml`, configOf(2));
  await workspace.nxWorks('g', 'seqmirror:sequence', 'add-web');
  await workspace.write(`mirror/content/${smallChain[2]}/imageset-config.yaml`, configOf(3));
}

/** `mirror`: without sequences. `planned`: with the small chain. `seq2`, `seq3`: that is sealed up to there. */
export type PreparedState = 'mirror' | 'planned' | 'seq2' | 'seq3';

/** A workspace that was brought to a state once a run, and is copied; all copies' mirrors have the same id. */
export async function preparedWorkspace(upstream: Pick<Lab, 'env'>, state: PreparedState): Promise<Workspace> {
  return createWorkspace({ env: upstream.env(), from: await preparedOnce(state) });
}

const steps = {
  planned: { after: 'mirror', take: generateSmallChain },
  seq2: { after: 'planned', take: (workspace: Workspace) => mirrorInOrder(workspace, ['seq1', 'seq2']) },
  seq3: { after: 'seq2', take: (workspace: Workspace) => mirrorInOrder(workspace, ['seq3']) },
} as const;

/** Seals sequences without Nx, whose start would take longer than the work. */
export async function mirrorInOrder(workspace: Workspace, sequences: readonly string[]): Promise<void> {
  for (const sequence of sequences) await workspace.seqmirrorWorks('mirror', sequence);
}

function preparedOnce(state: PreparedState): Promise<string> {
  return onceARun(`workspace-${state}`, async (making) => {
    const upstream = await startSmallUpstream();
    try {
      const workspace = await (async () => {
        if (state === 'mirror') return workspaceWithMirror(upstream);
        const before = await preparedWorkspace(upstream, steps[state].after);
        await steps[state].take(before);
        return before;
      })();
      await keepWorkspace(workspace, making);
    } finally {
      await upstream.stop();
    }
  });
}
