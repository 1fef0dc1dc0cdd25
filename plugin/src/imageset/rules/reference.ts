import type { Finding, Position } from '../../system/errors';
import { referenceUnusable, referenceWithoutVersion } from '../errors';
import { lacksVersion, problemOfReference } from '../references';

/**
 * Why an image cannot be mirrored by its name. Beyond the grammar, oc-mirror requires a tag or a digest (image.go,
 * ParseRef).
 */
export function* referenceProblems(
  text: string,
  { at, ociLayouts, whyVersion }: { at: Position; ociLayouts: boolean; whyVersion: string },
): Iterable<Finding> {
  const problem = problemOfReference(text, { ociLayouts });
  if (problem !== undefined) yield referenceUnusable({ at, text, problem });
  else if (lacksVersion(text)) yield referenceWithoutVersion({ at, text, why: whyVersion });
}
