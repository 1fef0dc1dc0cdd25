import type { z } from 'zod';
import { SeqmirrorError, renderPlacedFact } from '../system/errors';
import { recordRefused } from './errors';
import { readYaml } from './read-yaml';

/**
 * Reads a YAML file that seqmirror itself wrote. One finding is enough to refuse it; the others are its details.
 *
 * @throws SEQ0210 for a newer format, SEQ0211 for text that isn't such a record, SEQ0212 for a merge conflict
 */
export function readRecord<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
  { maxCharacters }: { maxCharacters: number },
): T {
  const { value, findings } = readYaml(text, file, {
    schema,
    codes: { text: 'SEQ0211', value: 'SEQ0211' },
    maxCharacters,
  });
  const [first, ...others] = findings;
  if (first === undefined) return value as T;
  if (first.code !== 'SEQ0211') throw new SeqmirrorError(first);
  throw recordRefused({
    at: first.at ?? { file },
    what: first.what,
    details: others.map(renderPlacedFact),
  });
}
