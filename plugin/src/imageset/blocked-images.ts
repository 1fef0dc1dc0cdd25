import { readGoPattern } from './go-pattern';
import type { ImageSetConfiguration } from './schema';

/**
 * Says of a name whether `blockedImages` leaves it out: each pattern is searched for anywhere in it, as oc-mirror 4.19
 * and later do (internal/pkg/cli/executor.go, excludeImages) with the source and with the name in the destination, both
 * without a transport. oc-mirror 4.18 compares whole names instead.
 */
export function blockedBy({ mirror: { blockedImages = [] } }: ImageSetConfiguration): (name: string) => boolean {
  const patterns = blockedImages.flatMap(({ name }) => readGoPattern(name).matches ?? []);
  return (name) => {
    const bare = name.slice(name.indexOf('://') === -1 ? 0 : name.indexOf('://') + '://'.length);
    return patterns.some((matches) => matches(bare));
  };
}
