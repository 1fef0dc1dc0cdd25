import { printable } from '../system/printable';
import type { EngineVersion } from './engine';

/** An engine for people: `oc-mirror 4.19.0`, `embedded 0.1.0`. */
export function engineLabel({ engine, version }: EngineVersion): string {
  return version.startsWith(engine) ? version : `${engine} ${version}`;
}

/** `v4.19.0-202507292137.p0.g1234567` → `4.19.0-202507292137`, safe to print and to record. */
export function versionFromGit(gitVersion: string): string {
  const release = /^v?(\d+\.\d+\.\d+(?:-\d{12})?)(?:\.p\d+.*)?$/.exec(gitVersion);
  return release?.[1] ?? printable(gitVersion.replace(/^v(?=\d)/, ''), { limit: 60 });
}
