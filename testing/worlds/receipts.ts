/** What the far side would answer about a chain, according to the records here, and what this side makes of an answer. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AcknowledgeOutcome, MirrorLocation } from '../../plugin/src/api';
import { acknowledge } from '../../plugin/src/api';
import type { Receipt } from '../../plugin/src/bundle-format/receipt/receipt';
import {
  parseReceipt,
  receiptCode,
  renderReceipt,
  verifiedLines,
  verifiedOf,
} from '../../plugin/src/bundle-format/receipt/receipt';
import { imagesBySequence } from '../../plugin/src/mirror/chain-images';
import { openMirror } from '../../plugin/src/mirror/mirror';
import { openSealedChain } from '../../plugin/src/mirror/sealed-chain';
import type { Digest } from '../../plugin/src/oci/digest';
import type { MirroredImage } from '../../plugin/src/oci/image';
import type { Seal } from '../../plugin/src/sequence/seal';

export interface ProvenSequence {
  readonly number: number;
  readonly folder: string;
  readonly seal: Seal;
  readonly images: readonly MirroredImage[];
  /** The lines that a registry with all of them is asked for, and their sum. */
  readonly lines: readonly string[];
  readonly verified: Digest;
}

/** The sealed sequences in their order, proven by their records. */
export async function provenSequences(location: MirrorLocation): Promise<ProvenSequence[]> {
  const mirror = await openMirror(location);
  const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
  const states = await imagesBySequence(mirror, sequences);
  return sequences.map(({ entry: { number, folder, seal } }, index) => {
    const images = [...(states[index]?.images ?? [])];
    return { number, folder, seal, images, lines: verifiedLines(images), verified: verifiedOf(images) };
  });
}

/** The facts of a sequence that came by its own folder and is in the site's registry. */
async function factsOf(location: MirrorLocation, sequence: number) {
  const proven = (await provenSequences(location)).find(({ number }) => number === sequence);
  if (proven === undefined) throw new Error(`seq${sequence} is not sealed`);
  const { seal, verified, lines } = proven;
  return { sequence, seal, verified, images: lines.length, bundle: '-', held_in: 'registry' as const };
}

export async function receiptText(
  location: MirrorLocation,
  { site, sequence, when }: Pick<Receipt, 'site' | 'sequence' | 'when'>,
): Promise<string> {
  return renderReceipt({ ...(await factsOf(location, sequence)), site, when, tool: 'seq-upload.sh 0.1.0' });
}

export async function codeFor(
  location: MirrorLocation,
  { site, sequence }: Pick<Receipt, 'site' | 'sequence'>,
): Promise<string> {
  return receiptCode({ ...(await factsOf(location, sequence)), site });
}

export async function readReceipt(path: string): Promise<Receipt> {
  return parseReceipt(await readFile(path, 'utf8'), basename(path));
}

/** What the site's ledger would say after this receipt; nothing is written. */
export async function acknowledgedBy(
  location: MirrorLocation,
  { site, receipt }: { readonly site: string; readonly receipt: string },
): Promise<AcknowledgeOutcome['entry']> {
  const answer = { kind: 'receipt' as const, file: receipt };
  const { entry } = await acknowledge({ location, site, answer, dryRun: true, now: () => new Date() });
  return entry;
}
