import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import { startLab, type Lab } from '../../testing/lab/lab';
import { packedPlugin } from './packed-plugin';
import { createWorkspace, type Workspace, type WorkspaceOptions } from './workspace';

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
