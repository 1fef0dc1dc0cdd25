/** Combines what was found of each sequence and of those that it builds on. */
import { copiesInWords } from '../mirror/way-back';
import type { MirroredImage } from '../oci/image';
import { imageTotal } from '../sequence/images';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { brokenImage } from './broken-images';
import type { CheckedSequence } from './check-sequence';
import { imagesAffected, neededSequenceBroken } from './errors';
import type { HoldingFacts } from './holdings';
import { holdingsFor, holdingFactsOf, unseenBy } from './holdings';
import { imageFindings } from './image-findings';
import { linksElsewhere } from './images-of-base';
import { withOperators } from './operators';
import type { SequenceHolding } from './prove';
import { prove } from './prove';
import type { SequenceRecord } from './sequence-record';
import type { BrokenImage, Depth, SequenceVerdict } from './validation';
import { hasErrors, verdictOn } from './validation';

export interface VerdictFacts {
  readonly depth: Depth;
  /** All sequences with records, by number. */
  readonly recorded: readonly SequenceRecord[];
  /** Those of them that were checked. */
  readonly checked: readonly CheckedSequence[];
  readonly remedy: (sequence: SequenceRecord) => string;
  readonly signal: AbortSignal;
}

export async function verdictsOf(judging: VerdictFacts): Promise<SequenceVerdict[]> {
  const verdicts: SequenceVerdict[] = [];
  const earlier = new Map<string, SequenceVerdict>();
  const known = holdingFactsOf(judging.recorded, judging.checked);
  for (const checked of judging.checked) {
    const verdict =
      judging.depth === 'deep' && checked.sampled === undefined
        ? await deepVerdict(checked, judging, known)
        : plainVerdict(checked, earlier, checked.sampled === undefined ? judging.depth : 'quick');
    verdicts.push(verdict);
    const name = `seq${verdict.number}`;
    if (!earlier.has(name)) earlier.set(name, verdict);
  }
  return verdicts;
}

/** By the seal, which only a complete sequence gets: it needs what it was sealed to need. */
function plainVerdict(
  checked: CheckedSequence,
  earlier: ReadonlyMap<string, SequenceVerdict>,
  depth: Depth,
): SequenceVerdict {
  const { recorded, presence } = checked;
  const needs = recorded.metadata?.air_gapped_transfer.dependencies ?? [];
  const broken = needs.filter((name) => earlier.get(name)?.verdict === 'BROKEN');
  const given = new Set<string>();
  // The nearest first: if it takes another one for granted, it takes all of that for granted too.
  for (const name of [...needs].reverse()) {
    if (given.has(name)) continue;
    for (const each of earlier.get(name)?.given ?? [name]) given.add(each);
  }
  if (presence !== 'here') given.add(`seq${recorded.entry.number}`);
  const findings = [
    ...recorded.findings,
    ...checked.findings,
    ...(broken.length === 0 ? [] : [neededSequenceBroken({ folder: recorded.entry.folder, needs: broken })]),
  ];
  return verdictWith(checked, {
    depth,
    findings,
    given: [...given].sort((one, other) => numberIn(one) - numberIn(other)),
    brokenImages: [],
  });
}

/** The number in `seq2`. */
function numberIn(name: string): number {
  return Number(name.slice('seq'.length));
}

async function deepVerdict(
  checked: CheckedSequence,
  judging: VerdictFacts,
  known: HoldingFacts,
): Promise<SequenceVerdict> {
  const { recorded } = checked;
  const { value: holdings = [], finding } = await collectError(() => holdingsFor(recorded, judging.recorded, known));
  const elsewhere = linksElsewhere(recorded);
  const unseen = unseenBy(recorded, judging.recorded);
  const proof = prove(recorded.images, holdings, { unseen, linkedIn: elsewhere.keys() });
  // Images that it keeps are not known where the records before are not here, and their links may lie in any of these.
  const given = new Set([...(recorded.metadata?.links_since === undefined ? [] : unseen), ...proof.given]);
  const unlinked = brokenElsewhere(elsewhere, holdings, judging);
  const broken = merged([...checked.broken, ...unlinked.images], proof.broken);
  const brokenImages = await withOperators(broken, catalogsFor(holdings, judging), judging);
  const findings: Finding[] = [
    ...recorded.findings,
    ...(finding === undefined ? [] : [finding]),
    ...checked.findings,
    ...(unlinked.images.length === 0 ? [] : [imagesAffected({ folder: recorded.entry.folder, ...unlinked })]),
    ...imageFindings(recorded, brokenImages, { ...judging, holdings, places: known.places }),
  ];
  return verdictWith(checked, {
    ...{ depth: judging.depth, findings, brokenImages },
    given: [...given].sort((a, b) => a - b).map((number) => `seq${number}`),
  });
}

/** Images whose links are broken in the archives of an earlier sequence, or gone with it. */
function brokenElsewhere(
  elsewhere: ReadonlyMap<number, readonly MirroredImage[]>,
  holdings: readonly SequenceHolding[],
  { recorded, checked, remedy }: VerdictFacts,
): { images: BrokenImage[]; because: string[]; next: string } {
  const images: BrokenImage[] = [];
  const blamed: SequenceRecord[] = [];
  for (const [number, linked] of elsewhere) {
    const there = checked.find((each) => each.recorded.entry.number === number);
    const broken = new Set(there?.broken.map(({ repository, tag }) => `${repository}:${tag}`));
    const isHeld = holdings.some((holding) => holding.number === number);
    const unlinked = linked.filter(({ repository, tag }) => !isHeld || broken.has(`${repository}:${tag}`));
    if (unlinked.length === 0) continue;
    images.push(...unlinked.map((image) => brokenImage(image, [])));
    blamed.push(...recorded.filter(({ entry }) => entry.number === number));
  }
  return { images, because: blamed.map(({ entry }) => entry.folder), next: blamed.map(remedy).join('; ') };
}

function catalogsFor(holdings: readonly SequenceHolding[], { checked }: VerdictFacts) {
  const numbers = new Set(holdings.map(({ number }) => number));
  return checked.filter(({ recorded }) => numbers.has(recorded.entry.number)).flatMap(({ catalogs }) => catalogs);
}

function merged(byLinks: readonly BrokenImage[], byBlobs: readonly BrokenImage[]): BrokenImage[] {
  const place = ({ repository, tag, source }: BrokenImage) => `${repository}:${tag} ${source}`;
  const images = new Map(byLinks.map((image) => [place(image), image]));
  for (const image of byBlobs) images.set(place(image), image);
  return [...images.values()];
}

function verdictWith(
  { recorded, presence, archives, blobs, bytes, sampled, travels }: CheckedSequence,
  {
    depth,
    findings,
    given,
    brokenImages,
  }: Pick<SequenceVerdict, 'findings' | 'given' | 'brokenImages'> & { depth: Depth },
): SequenceVerdict {
  const { entry, metadata, images } = recorded;
  const counts = metadata?.images;
  const isBroken = hasErrors(findings) || brokenImages.length > 0;
  return {
    name: entry.folder,
    number: entry.number,
    verdict: verdictOn({ isBroken, isHere: presence === 'retired' ? 'retired' : presence === 'here', depth, given }),
    given,
    findings,
    brokenImages,
    images:
      counts === undefined ? imageTotal(images) : counts.release + counts.operator + counts.additional + counts.helm,
    ...{ archives, blobs, bytes, sampled, travels },
    ...(presence === 'retired' ? { copies: copiesInWords(recorded.custody) } : {}),
  };
}
