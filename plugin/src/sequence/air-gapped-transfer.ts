import { z } from 'zod';
import { formatBytes } from '../system/byte-size';

const bytes = z.int().nonnegative();
const size = z
  .string()
  .regex(/^\d+(\.\d)?( ?B|[KMGTP]| [KMGTP]iB)$/, 'must be a size such as 29.5 GiB')
  .describe('The size for people, with one decimal, rounded up; 1 MiB is 1024 KiB. Early records leave out `iB`');
const cumulative = {
  cumulative_size: size,
  cumulative_bytes: bytes.describe('The bytes of the smallest set of archives that a new site needs'),
};

/** What has to be carried, measured from the blobs that the closure uses. */
export const AirGappedTransfer = z.discriminatedUnion('complete', [
  z.strictObject({
    complete: z.literal(true).describe('The sequence needs no other sequence'),
    dependencies: z.array(z.never()).max(0),
    transfer_size: size,
    transfer_bytes: bytes.describe('The bytes of the archives of this sequence'),
    ...cumulative,
  }),
  z
    .strictObject({
      complete: z.literal(false),
      dependencies: z
        .array(z.templateLiteral(['seq', z.string().regex(/^[1-9]\d{0,5}$/)]))
        .describe('The sequences whose blobs or links the images use'),
      missing_blobs: z
        .int()
        .positive()
        .optional()
        .describe(
          'For a sequence that was adopted with damage: how many blobs no sequence of the chain has, as far as seqmirror knows',
        ),
      differential_size: size,
      differential_bytes: bytes.describe('The bytes of the archives of this sequence'),
      ...cumulative,
    })
    .refine(({ dependencies, missing_blobs: missing }) => dependencies.length > 0 || missing !== undefined, {
      path: ['dependencies'],
      error: 'names at least one sequence, unless missing_blobs says what else is lacking',
    }),
]);
export type AirGappedTransfer = z.infer<typeof AirGappedTransfer>;

/**
 * The facts of a sequence whose archives have `archiveBytes`, given the sequences that it needs and their archives.
 *
 * @param facts.missingBlobs blobs of a sequence adopted damaged that are missing everywhere; it is then never complete
 */
export function airGappedTransferOf({
  archiveBytes,
  dependencies,
  missingBlobs = 0,
}: {
  archiveBytes: number;
  dependencies: readonly { readonly number: number; readonly archiveBytes: number }[];
  missingBlobs?: number | undefined;
}): AirGappedTransfer {
  const cumulativeBytes = dependencies.reduce((sum, dependency) => sum + dependency.archiveBytes, archiveBytes);
  const whole = { cumulative_size: formatBytes(cumulativeBytes), cumulative_bytes: cumulativeBytes };
  if (dependencies.length === 0 && missingBlobs === 0) {
    const own = { transfer_size: formatBytes(archiveBytes), transfer_bytes: archiveBytes };
    return { complete: true, dependencies: [], ...own, ...whole };
  }
  const numbers = dependencies.map(({ number }) => number).sort((a, b) => a - b);
  return {
    complete: false,
    dependencies: numbers.map((number) => `seq${number}` as const),
    ...(missingBlobs === 0 ? {} : { missing_blobs: missingBlobs }),
    differential_size: formatBytes(archiveBytes),
    differential_bytes: archiveBytes,
    ...whole,
  };
}

/** Whether the text of a record says that size; early records said `29.5G` for `29.5 GiB`, and `612B` for `612 B`. */
export function saysSize(text: string, bytes: number): boolean {
  const size = formatBytes(bytes);
  return text === size || text === size.replace(/ (B|[KMGTP])(iB)?$/, '$1');
}

export const SizeText = size;
