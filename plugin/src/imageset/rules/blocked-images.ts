import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { patternUnreadable } from '../errors';
import { readGoPattern } from '../go-pattern';
import type { ImageSetConfiguration } from '../schema';

export function* blockedImagesRules(
  { mirror: { blockedImages = [] } }: ImageSetConfiguration,
  { at }: Positions,
): Iterable<Finding> {
  for (const [index, { name }] of blockedImages.entries()) {
    const { problem } = readGoPattern(name);
    if (problem !== undefined)
      yield patternUnreadable({ at: at(['mirror', 'blockedImages', index, 'name']), pattern: name, problem });
  }
}
