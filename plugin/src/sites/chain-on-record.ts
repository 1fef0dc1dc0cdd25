/** The sealed sequences of a mirror, and what sites lack of them. Inventories are read only for answers that aren't known. */
import type { Answer, CheckedRecords } from '../mirror/checked-records';
import { questionAbout } from '../mirror/checked-records';
import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import type { SealedSequence } from '../mirror/sealed-chain';
import { openSealedChain, sealedUpTo } from '../mirror/sealed-chain';
import type { KnownSite } from '../mirror/sites/sites';
import { headOfChain, heldBy, ledgerBy, missingAt, sitePath } from '../mirror/sites/sites';
import type { ChainEntry } from '../sequence/chain-lock';

/** Blobs that a site lacks of the last sequence. */
export interface Lacking {
  readonly blobs: number;
  readonly bytes: number;
}

export interface ChainOnRecord {
  readonly entries: readonly ChainEntry[];
  /** The last sequence, with the bytes of all blobs that it needs. */
  head(): Promise<{ readonly number: number; readonly folder: string; readonly bytes: number } | undefined>;
  lackingAt(site: KnownSite): Promise<Lacking>;
}

/** @throws as `openSealedChain` for a chain as recorded */
export async function chainOnRecord(mirror: Mirror, records: CheckedRecords): Promise<ChainOnRecord> {
  const chain = await readChain(mirror);
  const entries = sealedUpTo(mirror, chain);
  const last = entries.at(-1);
  let before: Answer<true> | undefined;
  for (const { folder, seal } of entries) {
    const about = questionAbout(mirror, folder, { what: 'readable', names: ['metadata', 'inventory', 'custody'] });
    before = records.ask<true>({ ...about, given: seal, after: before });
  }
  let sequences: Promise<readonly SealedSequence[]> | undefined;
  const read = (): Promise<readonly SealedSequence[]> =>
    (sequences ??= openSealedChain(mirror, { trust: 'as recorded', chain }).then((opened) => {
      before?.note(true);
      return opened.sequences;
    }));
  // A record that cannot be read is an error also where nothing needs it.
  if (before?.known === undefined) await read();
  let closure: ReturnType<typeof headOfChain>['closure'] | undefined;
  const closureOfHead = async () => (closure ??= headOfChain(await read(), last?.number ?? 0).closure);
  return {
    entries,
    head: async () => {
      if (last === undefined) return undefined;
      const { number, folder } = last;
      const question = { ...questionAbout(mirror, folder, { what: 'size as the head', names: [] }), after: before };
      const size = await records.answerTo(question, async () => missingAt(new Set(), await closureOfHead()));
      return { number, folder, bytes: size.bytes };
    },
    lackingAt: ({ site, ledger }) => {
      const reliedOn = ledgerBy(ledger, site.rely_on);
      const given = reliedOn.entries.map(({ seal }) => seal).join(' ');
      const question = { what: 'lacking', folder: sitePath(mirror, site.name), names: [], given, after: before };
      return records.answerTo(question, async () => missingAt(heldBy(reliedOn, await read()), await closureOfHead()));
    },
  };
}
