import type { Finding, Position } from '../../system/errors';
import { targetUnusable } from '../errors';

// oc-mirror internal/pkg/api/v2alpha1/type_config.go, IsValidPathComponent.
const component = /^[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*$/;
const tag = /^\w[\w.-]{0,127}$/;

/**
 * Repositories and tags for the destination that no registry accepts. `targets` by their keys; empty texts count as
 * absent.
 */
export function* targetProblems(
  targets: Readonly<Record<string, string>>,
  at: (key: string) => Position,
): Iterable<Finding> {
  for (const [key, value] of Object.entries(targets)) {
    if (value === '') continue;
    if (key === 'targetTag') {
      if (!tag.test(value)) {
        yield targetUnusable({
          at: at(key),
          key,
          value,
          rule: 'a tag has 1 to 128 letters, digits, _ . and -, and begins with a letter, a digit or _',
        });
      }
    } else if (!isRepository(value)) {
      const rule = 'a repository has lower-case names with / between them, and no host, tag or digest';
      yield targetUnusable({ at: at(key), key, value, rule });
    }
  }
}

// Bounded, because the pattern's separators may match nothing and backtrack for ever on a long text.
function isRepository(value: string): boolean {
  return value.length <= 255 && value.split('/').every((part) => /^[a-z0-9._-]+$/.test(part) && component.test(part));
}
