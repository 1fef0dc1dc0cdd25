/**
 * Checks volumes of transfer bundles as they were carried. Only all volumes together show whether a bundle is complete.
 */
import { basename } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import type { SignatureOptions } from '../bundle-format/bundle-signature';
import { checkBundleVolume } from '../bundle-format/bundle-volume';
import type { Mirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import type { Finding } from '../system/errors';
import type { CarriedVolume } from './subject';
import type { Depth, VolumeVerdict } from './validation';
import { hasErrors, verdictOn } from './validation';

interface VolumesCheck extends SignatureOptions, Pick<Run, 'signal' | 'progress'> {
  readonly depth: Depth;
  readonly pool: HashPool;
  /** The mirror whose signers count; `undefined` if the folder is validated outside a mirror. */
  readonly mirror: Mirror | undefined;
}

/** @returns a verdict on each volume of a bundle with several volumes; findings on all */
export async function checkVolumes(
  volumes: readonly CarriedVolume[],
  check: VolumesCheck,
): Promise<{ volumes: VolumeVerdict[]; findings: Finding[] }> {
  const verdicts: VolumeVerdict[] = [];
  const findings: Finding[] = [];
  for (const { path, env, findings: unreadable } of volumes) {
    check.progress.step(`files of ${basename(path)}`);
    const { files, bytes, ...carried } = await checkBundleVolume(path, check);
    const wrong = [...carried.findings, ...unreadable];
    findings.push(...wrong);
    if (env === undefined || env.volume === 'all' || env.volumes === 1) continue;
    const here = volumes.filter((other) => other.env?.bundle === env.bundle).map((other) => other.env?.volume);
    const given = Array.from({ length: env.volumes }, (_, index) => index + 1).filter((each) => !here.includes(each));
    verdicts.push({
      ...{ name: basename(path), volume: env.volume, volumes: env.volumes, given, files, bytes },
      verdict: verdictOn({ isBroken: hasErrors(wrong), depth: check.depth, given }),
    });
  }
  return { volumes: verdicts, findings };
}
