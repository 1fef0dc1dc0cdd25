import type { SemVer } from 'semver';
import semver from 'semver';
import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { versionUnreadable } from '../errors';
import { rangeEmpty } from '../lints';

interface VersionRange {
  readonly minVersion?: string | undefined;
  readonly maxVersion?: string | undefined;
}

export function hasRange({ minVersion, maxVersion }: VersionRange): boolean {
  return Boolean(minVersion) || Boolean(maxVersion);
}

/** Versions that cannot be read, and empty ranges. An empty text counts as absent, as in oc-mirror. */
export function* rangeProblems(
  { minVersion = '', maxVersion = '' }: VersionRange,
  range: {
    positions: Positions;
    path: readonly PropertyKey[];
    parse: (text: string) => SemVer | undefined;
    release: boolean;
  },
): Iterable<Finding> {
  const { positions, path, parse, release } = range;
  for (const [key, version] of Object.entries({ minVersion, maxVersion })) {
    if (version !== '' && parse(version) === undefined) {
      yield versionUnreadable({ at: positions.at([...path, key]), key, version, release });
    }
  }
  const [lowest, highest] = [parse(minVersion), parse(maxVersion)];
  if (lowest !== undefined && highest !== undefined && semver.gt(lowest, highest)) {
    yield rangeEmpty({ at: positions.at([...path, 'minVersion']), minVersion, maxVersion });
  }
}
