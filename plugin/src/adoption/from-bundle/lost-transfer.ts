/**
 * The record of the transfer that a bundle was. Without it, a receipt for the bundle would be refused, as one for something
 * that was never sent, and the next bundle would get the same number.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bundleFileName, bundleRecordLimit, parseBundleRecord } from '../../bundle-format/bundle-yaml';
import type { Mirror } from '../../mirror/mirror';
import { recordNames } from '../../mirror/records';
import { readTransfers, siteFolders, TransferId, type Transfer } from '../../mirror/sites/sites';
import { recordLimits } from '../../sequence/record-limits';
import { parseSha256Sums } from '../../sequence/sha256-sums';
import { bytesOfFile } from '../../system/files';
import { below, readableRoot } from '../../system/path-below';
import { readText, readTextIfThere } from '../../system/text-file';
import { recordSchema } from '../../yaml/schema-version';

export interface LostTransfer {
  readonly transfer: Transfer;
  /** The sites of this mirror that it was for, and that have no record of it. */
  readonly sites: readonly string[];
  /** Sites that it was for, and that this mirror does not have. */
  readonly unknown: readonly string[];
}

/**
 * Which record of a transfer is missing here. A bundle for no site has none.
 *
 * @param root a volume whose files match its SHA256SUMS. The record lists this volume only
 */
export async function lostTransfer(root: string, mirror: Mirror): Promise<LostTransfer | undefined> {
  const file = join(root, bundleFileName);
  const text = await readTextIfThere(below(readableRoot(root), file), { limit: bundleRecordLimit });
  if (text === undefined) return undefined;
  const { bundle: id, sites, kind, head, needs, made, volume } = parseBundleRecord(text, file);
  if (sites.length === 0 || !TransferId.safeParse(id).success) return undefined;
  const known = new Set(await siteFolders(mirror));
  const lacking: string[] = [];
  for (const site of sites.filter((each) => known.has(each)))
    if (!(await readTransfers(mirror, site)).some((transfer) => transfer.id === id)) lacking.push(site);
  const transfer: Transfer = {
    schema: recordSchema,
    id,
    sites,
    kind,
    head,
    needs: needs.map(({ seal, or }) => (or === undefined ? seal : [seal, ...or.map((other) => other.seal)])),
    volumes: [{ label: volume.label, ...(await sumsOf(root)) }],
    made,
    state: 'sent',
  };
  return { transfer, sites: lacking, unknown: sites.filter((each) => !known.has(each)) };
}

/** The sha256 of SHA256SUMS, and the bytes of it and of all files that it lists. */
async function sumsOf(root: string): Promise<{ bytes: number; sha256: string }> {
  const file = join(root, recordNames.sums);
  const text = await readText(below(readableRoot(root), file), { limit: recordLimits.sums });
  let bytes = Buffer.byteLength(text);
  for (const { name } of parseSha256Sums(text, file)) bytes += (await bytesOfFile(join(root, name))) ?? 0;
  return { bytes, sha256: createHash('sha256').update(text).digest('hex') };
}
