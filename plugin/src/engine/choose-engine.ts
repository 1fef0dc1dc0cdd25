import type { ImageSetDocument } from '../imageset/document';
import { noEngineFor } from '../mirror/errors';
import type { MirrorSettings } from '../mirror/settings';
import { engineOptions } from '../mirror/settings';
import type { Finding } from '../system/errors';
import { embeddedEngine } from './embedded/embedded';
import type { EngineVersion, MirrorEngine } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror-engine';

export interface ChosenEngine {
  readonly engine: MirrorEngine;
  readonly version: EngineVersion;
  /** What people should know of this config with this engine. */
  readonly warnings: readonly Finding[];
}

export type EngineChoice = NonNullable<MirrorSettings['engine']>;

const candidates: Record<EngineChoice, readonly MirrorEngine[]> = {
  auto: [ocMirrorEngine, embeddedEngine],
  'oc-mirror': [ocMirrorEngine],
  embedded: [embeddedEngine],
};

/**
 * The engine that the settings name; with `auto` oc-mirror where it is installed, else the embedded one.
 *
 * @throws SEQ0470, before anything is downloaded, when it isn't there or can't mirror all of this configuration
 */
export async function chooseEngine(
  settings: MirrorSettings,
  { document, env }: { document: ImageSetDocument; env: Readonly<NodeJS.ProcessEnv> },
): Promise<ChosenEngine> {
  const setting = settings.engine ?? 'auto';
  for (const engine of candidates[setting]) {
    const version = await engine.probe(engineOptions(settings), env);
    if (version === undefined) continue;
    const findings = engine.unsupported(document, version);
    const refused = findings.filter(({ severity }) => severity === 'error');
    if (refused.length === 0) return { engine, version, warnings: findings };
    throw noEngineFor({
      tried: `The ${engine.name} engine`,
      findings: refused,
      next:
        engine.name === 'embedded'
          ? 'Install oc-mirror (4.18 or later) and run again, or keep such content out of this imageset configuration'
          : 'Mend the configuration, or set `engine` in seqmirror.yaml to one that can',
    });
  }
  throw noOcMirror();
}

/** The first engine of this choice that is here, whatever the configuration. @throws SEQ0470 when there is none */
export async function engineNamed(
  choice: EngineChoice,
  { settings, env }: { settings: MirrorSettings; env: Readonly<NodeJS.ProcessEnv> },
): Promise<Omit<ChosenEngine, 'warnings'>> {
  for (const engine of candidates[choice]) {
    const version = await engine.probe(engineOptions(settings), env);
    if (version !== undefined) return { engine, version };
  }
  throw noOcMirror();
}

function noOcMirror(): Error {
  return noEngineFor({
    tried: 'oc-mirror is not on PATH, and this mirror asks for it: it',
    findings: [],
    next: 'Install oc-mirror, name it in seqmirror.yaml (ocMirror.binary), or set `engine: auto`',
  });
}
