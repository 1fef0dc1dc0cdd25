import { z } from 'zod';
import type { Finding } from '../system/errors';
import { readYaml } from '../yaml/read-yaml';
import { renderYaml } from '../yaml/render-yaml';
import { recordSchema } from '../yaml/schema-version';
import { SequenceNumber, oneLine } from './one-line';

/** What a differential is taken against: the sequence before, nothing at all, or a given earlier one. */
export const BaseChoice = z.union(
  [z.enum(['previous', 'none']), z.templateLiteral(['seq', z.string().regex(/^[1-9]\d{0,5}$/)])],
  { error: 'must be previous, none, or an earlier sequence such as seq1' },
);
export type BaseChoice = z.infer<typeof BaseChoice>;

/** sequence.yaml: what a sequence is meant to be. Written by people; the rest of the intent is the imageset config. */
export const SequenceIntent = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    description: oneLine(200).describe('What this sequence is for, on one line'),
    base: BaseChoice.default('previous').describe(
      'The base, whose blobs the archives leave out: all earlier sequences (previous), one earlier sequence and its own base (seq<N>), or no sequence, for a new baseline (none)',
    ),
    refresh: z
      .boolean()
      .optional()
      .describe('Mirror the same imageset configuration as before, because catalogs or tags have changed upstream'),
    allowMissing: z
      .array(oneLine(1000))
      .max(1000)
      .optional()
      .describe(
        'Images that may be missing when the sequence is sealed, with the names that the error message shows. The next sequence tries to download these images again (embedded engine)',
      ),
    resolveDependencies: z
      .boolean()
      .optional()
      .describe(
        'Also mirror operators of the same catalog that the selected operators need; default: the value in seqmirror.yaml (embedded engine)',
      ),
    config_source: oneLine(1000).optional().describe('The file from which the imageset configuration was copied'),
  })
  .describe('The intent of one sequence');
export type SequenceIntent = z.infer<typeof SequenceIntent>;

const format = {
  schema: SequenceIntent,
  codes: { text: 'SEQ0150', value: 'SEQ0151' },
  maxCharacters: 64 * 1024,
} as const;

/** Reads sequence.yaml; the intent only if nothing is wrong with it. */
export function parseSequenceIntent(
  text: string,
  file: string,
): { readonly intent?: SequenceIntent | undefined; readonly findings: readonly Finding[] } {
  const { value, findings } = readYaml(text, file, format);
  const next =
    'Write `schema: seqmirror/v1` and a description. The base is previous, none, or an earlier sequence such as seq1';
  if (value !== undefined) return { intent: value, findings };
  // One finding is enough: the others are details of the first.
  return {
    findings: findings.map((finding, index) => (index === 0 ? { ...finding, next: finding.next ?? next } : finding)),
  };
}

/** sequence.yaml for people to edit. */
export function renderSequenceIntent(intent: SequenceIntent): string {
  return renderYaml(SequenceIntent.parse(intent), {
    head: [
      'The intent of this sequence. You can edit this file and imageset-config.yaml until the sequence is sealed.',
    ],
    above: {
      base: [
        'The base, whose blobs the archives leave out: all earlier sequences (previous),',
        'one earlier sequence and its own base (seq1), or no sequence, for a new baseline (none).',
      ],
      refresh: ['The imageset configuration is the same as before, because catalogs and tags have changed.'],
    },
  });
}

/** The number in `seq12`; `undefined` for `previous` and `none`. */
export function numberInBase(base: BaseChoice): number | undefined {
  return base === 'previous' || base === 'none' ? undefined : SequenceNumber.parse(Number(base.slice('seq'.length)));
}
