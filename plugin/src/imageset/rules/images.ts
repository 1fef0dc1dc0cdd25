import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import { pathComponentOf } from '../destination';
import { referenceWithoutHost } from '../lints';
import { hasNoHost } from '../references';
import type { ImageSetConfiguration } from '../schema';
import { referenceProblems } from './reference';
import { targetProblems } from './targets';

const skipped = 'oc-mirror 4.22 and later fail because of this. Earlier versions skip the image without a message';

export function* imageRules(
  { mirror: { additionalImages = [] } }: ImageSetConfiguration,
  positions: Positions,
): Iterable<Finding> {
  for (const [index, { name, targetRepo = '', targetTag = '' }] of additionalImages.entries()) {
    const path = ['mirror', 'additionalImages', index];
    const at = positions.at([...path, 'name']);
    yield* targetProblems({ targetRepo, targetTag }, (key) => positions.at([...path, key]));
    if (carriesCredentials(name)) continue;
    yield* referenceProblems(name, { at, ociLayouts: true, whyVersion: skipped });
    if (hasNoHost(name)) yield referenceWithoutHost({ at, text: name, repository: pathComponentOf(name) });
  }
}
