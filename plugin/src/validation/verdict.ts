/** Puts together what was found of each sequence and of those that it builds on. */
import type { BlobRecord } from '../archive/blob-record';
import type { Digest } from '../registry/digest';
import { baseChain } from '../sequence/base';
import { isLost } from '../sequence/custody';
import { numberInBase } from '../sequence/intent';
import { imageTotal } from '../sequence/images';
import type { Finding } from '../system/errors';
import type { CheckedSequence } from './check-sequence';
import { collectError } from './collect-error';
import { incompleteImages, neededSequenceBroken } from './errors';
import { withOperators } from './operators';
import type { Holding } from './prove';
import { prove } from './prove';
import type { RecordedSequence } from './recorded-sequences';
import type { BrokenImage, Depth, SequenceVerdict } from './validation';
import { hasErrors } from './validation';

export interface Judging {
  readonly depth: Depth;
  /** All sequences that records are known of, by number. */
  readonly recorded: readonly RecordedSequence[];
  /** Those of them that were looked at. */
  readonly checked: readonly CheckedSequence[];
  readonly mending: (sequence: RecordedSequence) => string;
  readonly signal: AbortSignal;
}

export async function verdictsOf(judging: Judging): Promise<SequenceVerdict[]> {
  const verdicts: SequenceVerdict[] = [];
  for (const checked of judging.checked) {
    verdicts.push(judging.depth === 'deep' ? await deepVerdict(checked, judging) : plainVerdict(checked, verdicts));
  }
  return verdicts;
}

/** By the seal, which was given only to what was complete: it needs what it was sealed to need. */
function plainVerdict(checked: CheckedSequence, before: readonly SequenceVerdict[]): SequenceVerdict {
  const { recorded, presence } = checked;
  const needs = recorded.metadata?.air_gapped_transfer.dependencies ?? [];
  const verdictOn = (name: string) => before.find(({ number }) => `seq${number}` === name);
  const broken = needs.filter((name) => verdictOn(name)?.verdict === 'BROKEN');
  const given = new Set(
    needs.flatMap((name) => verdictOn(name)?.given ?? (verdictOn(name) === undefined ? [name] : [])),
  );
  if (presence === 'absent') given.add(`seq${recorded.entry.number}`);
  const findings = [
    ...recorded.findings,
    ...checked.findings,
    ...(broken.length === 0 ? [] : [neededSequenceBroken({ folder: recorded.entry.folder, needs: broken })]),
  ];
  return verdictWith(checked, { findings, given: [...given], brokenImages: [] });
}

async function deepVerdict(checked: CheckedSequence, judging: Judging): Promise<SequenceVerdict> {
  const { recorded } = checked;
  const { folder } = recorded.entry;
  const { value: holdings = [], finding } = await collectError(() => holdingsFor(checked, judging));
  const proof = prove(recorded.images, holdings, unseenBy(recorded, judging));
  const images = await withOperators(merged(checked.broken, proof.broken), catalogsFor(holdings, judging), judging);
  const places = new Map(judging.checked.flatMap((each) => damagePlaces(each)));
  const findings: Finding[] = [
    ...recorded.findings,
    ...(finding === undefined ? [] : [finding]),
    ...checked.findings,
    ...incompleteImages({ folder, images, places, next: judging.mending(recorded) }),
  ];
  return verdictWith(checked, { findings, given: proof.given.map((number) => `seq${number}`), brokenImages: images });
}

/** Its own, and those of its base: what was looked at by what was found, the others by their inventories. */
function holdingsFor({ recorded: own }: CheckedSequence, { recorded, checked }: Judging): Holding[] {
  const { number } = own.entry;
  const before = recorded.filter(({ entry }) => entry.number < number);
  const bases = new Map(
    before.flatMap(({ entry, metadata }) => (metadata === undefined ? [] : [[entry.number, metadata.base]])),
  );
  const base = own.metadata?.base ?? 'previous';
  // On a disk that holds a part of the chain, what the records don't reach is nobody's.
  const isKnown = base === 'none' || bases.has(numberInBase(base) ?? number - 1);
  const numbers = isKnown || number === 1 ? baseChain(number, bases.set(number, base)) : [];
  return recorded
    .filter(({ entry }) => entry.number === number || numbers.includes(entry.number))
    .filter(({ custody }) => custody === undefined || !isLost(custody))
    .map(({ entry, inventory }) => ({
      number: entry.number,
      recorded: new Map<Digest, BlobRecord>((inventory?.blobs ?? []).map((blob) => [blob.digest, blob])),
      sound: checked.find((each) => each.recorded.entry.number === entry.number)?.sound,
    }));
}

/** What it was sealed to need and no record is here of, as on a disk that holds a part of the chain. */
function unseenBy({ metadata }: RecordedSequence, { recorded }: Judging): number[] {
  const numbers = (metadata?.air_gapped_transfer.dependencies ?? []).map((name) => Number(name.slice('seq'.length)));
  return numbers.filter((number) => !recorded.some(({ entry }) => entry.number === number));
}

function catalogsFor(holdings: readonly Holding[], { checked }: Judging) {
  const numbers = new Set(holdings.map(({ number }) => number));
  return checked.filter(({ recorded }) => numbers.has(recorded.entry.number)).flatMap(({ catalogs }) => catalogs);
}

function damagePlaces({ damaged, recorded }: CheckedSequence): [Digest, string][] {
  return [...damaged].map(([digest, archive]) => [digest, `is damaged in ${archive} of ${recorded.entry.folder}`]);
}

function merged(byLinks: readonly BrokenImage[], byBlobs: readonly BrokenImage[]): BrokenImage[] {
  const place = ({ repository, tag, source }: BrokenImage) => `${repository}:${tag} ${source}`;
  const images = new Map(byLinks.map((image) => [place(image), image]));
  for (const image of byBlobs) images.set(place(image), image);
  return [...images.values()];
}

function verdictWith(
  { recorded, archives, blobs, bytes, travels }: CheckedSequence,
  { findings, given, brokenImages }: Pick<SequenceVerdict, 'findings' | 'given' | 'brokenImages'>,
): SequenceVerdict {
  const { entry, metadata, images } = recorded;
  const counts = metadata?.images;
  const isBroken = hasErrors(findings) || brokenImages.length > 0;
  return {
    name: entry.folder,
    number: entry.number,
    verdict: isBroken ? 'BROKEN' : given.length > 0 ? 'PROVEN GIVEN' : 'PROVEN',
    given,
    findings,
    brokenImages,
    images:
      counts === undefined ? imageTotal(images) : counts.release + counts.operator + counts.additional + counts.helm,
    ...{ archives, blobs, bytes, travels },
  };
}
