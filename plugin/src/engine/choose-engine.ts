import type { Finding } from '../system/errors';
import { embeddedEngine } from './embedded/embedded';
import type { EngineName, EngineVersion, EngineWorld, MirrorEngine, MirrorRequest } from './engine';
import { noEngineFor } from './errors';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';

export interface ChosenEngine {
  readonly engine: MirrorEngine;
  readonly version: EngineVersion;
  /** What people should know about this configuration with this engine. */
  readonly warnings: readonly Finding[];
}

export type EngineChoice = EngineName | 'auto';

/** All engines. */
export const engines: readonly MirrorEngine[] = [ocMirrorEngine, embeddedEngine];

const candidates: Record<EngineChoice, readonly MirrorEngine[]> = {
  auto: engines,
  'oc-mirror': [ocMirrorEngine],
  embedded: [embeddedEngine],
};

/**
 * The chosen engine; with `auto`, oc-mirror if it is installed, else the embedded one.
 *
 * @throws SEQ0470, before anything is downloaded, when it isn't installed or can't mirror all of this configuration
 */
export async function chooseEngine(
  choice: EngineChoice,
  {
    options,
    document,
    resolveDependencies,
    env,
  }: EngineWorld & Pick<MirrorRequest, 'document' | 'resolveDependencies'>,
): Promise<ChosenEngine> {
  for (const engine of candidates[choice]) {
    const version = await engine.probe(options, env);
    if (version === undefined) continue;
    const findings = await engine.unsupported({ document, resolveDependencies }, version, { options, env });
    const refused = findings.filter(({ severity }) => severity === 'error');
    if (refused.length === 0) return { engine, version, warnings: findings };
    throw noEngineFor({
      engine: `The ${engine.name} engine`,
      findings: refused,
      next: engine.instead,
    });
  }
  throw noOcMirror();
}

/** The first engine of this choice that is installed, whatever the configuration. @throws SEQ0470 if none is */
export async function engineNamed(
  choice: EngineChoice,
  { options, env }: EngineWorld,
): Promise<Omit<ChosenEngine, 'warnings'>> {
  for (const engine of candidates[choice]) {
    const version = await engine.probe(options, env);
    if (version !== undefined) return { engine, version };
  }
  throw noOcMirror();
}

function noOcMirror(): Error {
  return noEngineFor({
    engine: '`engine: oc-mirror` is set, but oc-mirror is not on PATH, so seqmirror',
    findings: [],
    next: 'Install oc-mirror, or set ocMirror.binary in seqmirror.yaml to its path, or set `engine: auto`',
  });
}
