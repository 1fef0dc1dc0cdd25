import { z } from 'zod';
import { MaxNestedPaths } from '../../registry/destination';
import { oneLine, SequenceNumber, Timestamp } from '../../sequence/one-line';
import { Seal } from '../../sequence/seal';
import { readRecord } from '../../yaml/read-record';
import { renderYaml } from '../../yaml/render-yaml';
import { recordSchema } from '../../yaml/schema-version';
import { SiteName } from './site';
import { sumOfBytes } from '../../system/byte-size';

/** `T0001`, one for each bundle that a mirror sends, whichever sites it is for. */
export const TransferId = z.string().regex(/^T\d{4,6}$/, 'must be T and four digits such as T0001');

/**
 * What a bundle holds: the head whole (baseline), all sequences up to it as they are (cumulative), one sequence's own
 * archives (individual), or what sites lack of the head (site).
 */
export const BundleKind = z.enum(['baseline', 'cumulative', 'individual', 'site']);
export type BundleKind = z.infer<typeof BundleKind>;

/**
 * transfers/T0001.yaml: one bundle sent to a site. If a bundle is for several sites, each has its own record, equal
 * except for the state.
 */
export const Transfer = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    id: TransferId,
    sites: z.array(SiteName).min(1).max(1000).describe('All sites that this bundle is for'),
    kind: BundleKind,
    head: z
      .strictObject({ number: SequenceNumber, folder: oneLine(80), seal: Seal })
      .describe('The newest sequence that a site has after the upload'),
    needs: z
      .array(z.union([Seal, z.array(Seal).min(1).max(1000)]))
      .max(10_000)
      .describe(
        'The seals of sequences that a site must have already. Of the seals in one entry, the site needs only one',
      ),
    needs_in_cache: z
      .array(Seal)
      .max(10_000)
      .optional()
      .describe(
        "The needed sequences that must be in the cache of the site's oc-mirror. The other sequences may be in the registry only. Default: all",
      ),
    max_nested_paths: z
      .record(SiteName, MaxNestedPaths.unwrap())
      .optional()
      .describe('For sites whose registry needs short repository paths: the most parts of a path, as README.txt says'),
    volumes: z
      .array(
        z.strictObject({
          label: oneLine(64).describe('The label on the disc'),
          bytes: z.int().nonnegative(),
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
            .describe('The sha256 of the file SHA256SUMS'),
        }),
      )
      .max(10_000),
    made: Timestamp.describe('The time at which the bundle was complete'),
    state: z
      .enum(['sent', 'acknowledged', 'lost'])
      .describe(
        'sent: the bundle is on its way; acknowledged: the site has sent a receipt; lost: the bundle will not arrive',
      ),
  })
  .describe('A bundle that was sent to sites');
export type Transfer = z.infer<typeof Transfer>;

/**
 * Reads transfers/T0001.yaml.
 *
 * @throws SEQ0210, SEQ0211 or SEQ0212 when it cannot be read
 */
export function parseTransfer(text: string, file: string): Transfer {
  return readRecord(text, file, Transfer, { maxCharacters: 4 * 1024 ** 2 });
}

export function renderTransfer(transfer: Transfer): string {
  return renderYaml(Transfer.parse(transfer), {
    head: ['A bundle that was sent. sent, acknowledged, or lost: lost ones need nothing, the next bundle starts over.'],
  });
}

/** The id after those that are in use: `T0008` after `T0003` and `T0007`. */
export function nextTransferId(taken: Iterable<string>): string {
  let last = 0;
  for (const id of taken) last = Math.max(last, Number(/^T(\d{4,6})$/.exec(id)?.[1] ?? 0));
  return `T${String(last + 1).padStart(4, '0')}`;
}

/** Bytes that a transfer carries. */
export function transferBytes({ volumes }: Transfer): number {
  return sumOfBytes(volumes);
}
