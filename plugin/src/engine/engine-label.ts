import type { EngineVersion } from './engine';

/** An engine for people: `oc-mirror 4.19.0`, `embedded 0.1.0`. */
export function engineLabel({ engine, version }: EngineVersion): string {
  return version.startsWith(engine) ? version : `${engine} ${version}`;
}
