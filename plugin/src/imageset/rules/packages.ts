import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { rangeInFull, rangesMixed } from '../errors';
import type { ImageSetConfiguration, OperatorPackage } from '../schema';
import { parsePackageVersion } from '../version';
import { entriesTwice } from './entries-twice';
import { hasRange, rangeProblems } from './range';

const duplicates = 'oc-mirror 4.19 and later refuse the file. 4.18 uses one of the two entries, without a message';

export function* packageRules(
  { mirror: { operators = [] } }: ImageSetConfiguration,
  positions: Positions,
): Iterable<Finding> {
  for (const [catalog, { packages = [], full = false }] of operators.entries()) {
    const path = ['mirror', 'operators', catalog, 'packages'];
    yield* entriesTwice(packages, {
      nameOf: ({ name }) => name,
      describe: (name) => `Package ${name}`,
      why: duplicates,
      at: (index) => positions.at([...path, index, 'name']),
    });
    for (const [index, entry] of packages.entries()) yield* rulesOf(entry, { path: [...path, index], full, positions });
  }
}

function* rulesOf(
  entry: OperatorPackage,
  { path, full, positions }: { path: readonly PropertyKey[]; full: boolean; positions: Positions },
): Iterable<Finding> {
  const { name, channels = [] } = entry;
  yield* rangeProblems(entry, { positions, path, parse: parsePackageVersion, release: false });
  yield* entriesTwice(channels, {
    nameOf: (channel) => channel.name,
    describe: (channel) => `Channel ${channel}`,
    why: duplicates,
    at: (index) => positions.at([...path, 'channels', index, 'name']),
  });
  for (const [index, channel] of channels.entries()) {
    const here = [...path, 'channels', index];
    yield* rangeProblems(channel, { positions, path: here, parse: parsePackageVersion, release: false });
    if (hasRange(entry) && hasRange(channel)) yield rangesMixed({ at: positions.at(here), name });
  }
  if (full && (hasRange(entry) || channels.some(hasRange))) yield rangeInFull({ at: positions.at(path), name });
}
