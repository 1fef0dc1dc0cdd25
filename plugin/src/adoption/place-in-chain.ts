import { join } from 'node:path';
import type { OriginalMetadata } from '../foreign/original-metadata';
import type { SourceFolder } from '../foreign/source-folders';
import type { ChainEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import { highestSequenceNumber, sequenceFolderName, sequenceNameFrom } from '../sequence/folder';
import { inTheWay } from './errors';

export interface ChainPlace {
  readonly number: number;
  /** `seq4-add-ubi9` */
  readonly folder: string;
  /** The folder in content/ that becomes this one; `undefined` if it comes from elsewhere. */
  readonly from: string | undefined;
}

export interface PlacedFrom {
  readonly folder: SourceFolder;
  readonly original: OriginalMetadata | undefined;
}

/**
 * The numbers and names that folders get: consecutive, after all sealed sequences.
 *
 * @param chain.content absolute, without symbolic links
 * @param name the name that a person wants for a single folder
 * @throws SEQ0250 when a sequence that isn't sealed stands among them
 */
export function placesInChain(
  sources: readonly PlacedFrom[],
  {
    mirror,
    content,
    sealed,
    folders,
    name,
  }: {
    mirror: string;
    content: string;
    sealed: readonly ChainEntry[];
    folders: readonly SequenceFolder[];
    name: string | undefined;
  },
): ChainPlace[] {
  const last = Math.max(0, ...sealed.map(({ number }) => number));
  const places = sources.map((source, index): ChainPlace => {
    const number = last + 1 + index;
    const inPlace = source.folder.path === join(content, source.folder.name);
    return {
      number,
      folder: sequenceFolderName(number, name ?? nameFor(source, number)),
      from: inPlace ? source.folder.name : undefined,
    };
  });
  const ours = new Set([...sealed.map(({ folder }) => folder), ...places.flatMap(({ from }) => from ?? [])]);
  const highest = places.at(-1)?.number ?? 0;
  for (const { folder, number } of folders) {
    if (ours.has(folder) || number > Math.min(highest, highestSequenceNumber)) continue;
    const target = places.find((place) => place.number === number) ?? places[0];
    if (target !== undefined) throw inTheWay({ folder, target: target.folder, mirror });
  }
  return places;
}

/** Named like its folder, else by the description in its metadata. The name `content` says nothing, and is replaced. */
function nameFor({ folder, original }: PlacedFrom, number: number): string {
  const own = folder.sequence?.name ?? (/^content$/i.test(folder.name) ? '' : folder.name);
  return (
    sequenceNameFrom(own) ?? sequenceNameFrom(original?.description ?? '') ?? (number === 1 ? 'baseline' : 'adopted')
  );
}
