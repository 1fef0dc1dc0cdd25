import { locateArchives } from '../mirror/locate-archives';
import type { Chain, Mirror } from '../mirror/mirror';
import { readCustodyIfThere, readMetadata } from '../mirror/records';
import type { AbsentSequence } from '../mirror/way-back';
import { sealedEntry } from '../sequence/chain-lock';

/** The retired sequences that a sequence needs, itself included, whose archives are not all here. */
export async function retiredNeedsOf(mirror: Mirror, { lock }: Chain, number: number): Promise<AbsentSequence[]> {
  const entry = sealedEntry(lock, number);
  if (entry === undefined) return [];
  const { air_gapped_transfer: transfer } = await readMetadata(mirror, entry.folder);
  const numbers = [...transfer.dependencies.map((name) => Number(name.slice('seq'.length))), number];
  const absent: AbsentSequence[] = [];
  for (const needed of numbers.flatMap((each) => sealedEntry(lock, each) ?? [])) {
    const custody = await readCustodyIfThere(mirror, needed.folder);
    if (custody?.state !== 'retired') continue;
    const { archives } = await locateArchives(mirror, needed.folder, await readMetadata(mirror, needed.folder));
    if (archives.some(({ file }) => file === undefined)) absent.push({ ...needed, custody });
  }
  return absent;
}
