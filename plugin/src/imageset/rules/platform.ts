import { didYouMean } from '../../system/did-you-mean';
import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import { platformsAndArchitectures } from '../errors';
import { withoutEffect, wordUnknown } from '../lints';
import type { ImageSetConfiguration } from '../schema';
import { parseReleaseVersion } from '../version';
import { entriesTwice } from './entries-twice';
import { rangeProblems } from './range';
import { referenceProblems } from './reference';

const architectures = ['amd64', 'arm64', 'ppc64le', 's390x', 'multi'];
const types = ['ocp', 'okd'];

export function* platformRules(
  { mirror: { platform = {} } }: ImageSetConfiguration,
  positions: Positions,
): Iterable<Finding> {
  const { at } = positions;
  const path = ['mirror', 'platform'];
  const { channels = [], release = '' } = platform;

  yield* entriesTwice(channels, {
    nameOf: ({ name }) => name,
    describe: (name) => `Release channel ${name}`,
    why: 'oc-mirror refuses the file',
    at: (index) => at([...path, 'channels', index, 'name']),
  });
  for (const [index, channel] of channels.entries()) {
    const here = [...path, 'channels', index];
    yield* rangeProblems(channel, { positions, path: here, parse: parseReleaseVersion, release: true });
    if (channel.type && !types.includes(channel.type)) {
      const meant = didYouMean(channel.type, types);
      const why = 'oc-mirror uses the type ocp instead, without a message';
      yield wordUnknown({
        at: at([...here, 'type']),
        category: 'type of release channel',
        word: channel.type,
        known: types,
        why,
        meant,
      });
    }
  }

  if (platform.platforms?.length && platform.architectures?.length) {
    yield platformsAndArchitectures({ at: positions.atKey([...path, 'architectures']) });
  }
  for (const [index, word] of (platform.architectures ?? []).entries()) {
    if (architectures.includes(word)) continue;
    const why = 'The update graph has no releases for this architecture';
    const meant = otherNames[word] ?? didYouMean(word, architectures);
    yield wordUnknown({
      at: at([...path, 'architectures', index]),
      category: 'architecture',
      word,
      known: architectures,
      why,
      meant,
    });
  }

  if (release === '') return;
  if (!carriesCredentials(release)) {
    const whyVersion = 'oc-mirror fails when it looks for the release';
    yield* referenceProblems(release, { at: at([...path, 'release']), ociLayouts: false, whyVersion });
  }
  if (channels.length > 0) {
    yield withoutEffect({
      at: positions.atKey([...path, 'channels']),
      what: '`channels` has no effect if `release` is set',
      why: 'oc-mirror mirrors only the release that `release` names',
      next: 'Remove `channels` or `release`',
    });
  }
}

const otherNames: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  ppc64: 'ppc64le',
};
