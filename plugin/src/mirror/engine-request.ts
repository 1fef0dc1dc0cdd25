import type { MirrorRequest } from '../engine/engine';
import { canKeepKey } from '../system/operator-key';
import { engineFolder } from './data-directory';
import { ensureSpaceIn } from './ensure-space';
import type { Mirror } from './mirror';
import type { SequenceRun } from './run';
import { engineOptions, registrySettings } from './settings';

type AskedOfEngine = Pick<
  MirrorRequest,
  'document' | 'base' | 'linksInBase' | 'allowMissing' | 'resolveDependencies' | 'stage'
>;

/** A request to an engine, with what the mirror's settings and the run say for every request. */
export async function engineRequest(
  mirror: Mirror,
  engine: { readonly folder: string },
  asked: AskedOfEngine,
  { location: { env }, progress, signal, now }: Pick<SequenceRun, 'location' | 'progress' | 'signal' | 'now'>,
): Promise<MirrorRequest> {
  const { keyFile, isShared } = mirror.data;
  return {
    ...asked,
    engineFolder: engineFolder(mirror.data, engine.folder),
    keyFile: !isShared && (await canKeepKey(keyFile)) ? keyFile : undefined,
    registries: registrySettings(mirror.settings, mirror.root),
    options: engineOptions(mirror.settings),
    progress,
    signal,
    ensureSpace: ensureSpaceIn(mirror.data.root),
    env,
    workspaceRoot: mirror.workspaceRoot,
    now,
  };
}
