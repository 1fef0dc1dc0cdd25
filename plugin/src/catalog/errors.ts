import type { Position, SeqmirrorError } from '../system/errors';
import { explain, finding } from '../system/errors';
import { counted } from '../system/counted';
import { listedNames } from '../system/listed-names';
import { printable } from '../system/printable';
import type { Refusal } from './refusals';

const next = 'Take the archive from another copy, or make it again';

/** SEQ0247: a file-based catalog is expected, but it is something else. */
export const unreadableCatalog = explain<{ file: string; why: string }>('SEQ0247', ({ file, why }) => ({
  what: `${printable(file)} is not a file-based catalog`,
  why,
  next,
}));

/** SEQ0247: more than any catalog has. */
export function oversizedCatalog(facts: { file: string; what: string; limit: number }): SeqmirrorError {
  return unreadableCatalog({
    file: facts.file,
    why: `It has more than ${facts.limit} ${facts.what}, which no catalog has`,
  });
}

/** SEQ0430: opm and oc-mirror could not read it either, so the catalog would serve nothing. */
export const catalogFileUnreadable = explain<{ at: Position; why: string }>('SEQ0430', ({ at, why }) => ({
  at,
  what: 'this is not a part of a file-based catalog',
  why,
  next: 'Look for a newer catalog of its publisher. A file that does not belong to it is left out by a line in .indexignore',
}));

/** SEQ0431: nothing can be selected from it. */
export const noCatalogImage = explain<{ image: string; why: string }>('SEQ0431', ({ image, why }) => ({
  what: `${printable(image)} is not an image of a file-based catalog`,
  why,
  next: 'Name a catalog that holds files. Catalogs of before OpenShift 4.11 hold a database, which nothing reads any more',
}));

/** SEQ0432: oc-mirror would select nothing either. */
export const selectionRefused = finding<{ at: Position; catalog: string; refusal: Refusal }>(
  'SEQ0432',
  ({ at, catalog, refusal }) => ({ at, ...wordsFor(refusal, printable(catalog)) }),
);

/** SEQ0432: none of the packages asked for is in the catalog, so the selected catalog would be empty. */
export const packageNotThere = finding<{
  at: Position;
  catalog: string;
  package: string;
  /** The names of the catalog's packages, sorted. */
  known: readonly string[];
  /** The package that is probably meant. */
  meant: string | undefined;
}>('SEQ0432', ({ at, catalog, package: name, known, meant }) => ({
  at,
  what: `${printable(catalog)} has no package ${printable(name)}`,
  why: 'Nothing of this catalog is selected then, and oc-mirror ends there too',
  next:
    meant === undefined
      ? `Its ${counted(known.length, 'package')}: ${listedNames(known)}`
      : `Did you mean \`${printable(meant)}\`?`,
}));

/** SEQ0432: the selected catalog would be empty. */
export const noRelatedImages = explain<{ at: Position; catalog: string }>('SEQ0432', ({ at, catalog }) => ({
  at,
  what: `Nothing of ${printable(catalog)} is selected`,
  why: 'It has no bundles of the packages asked for',
  next: 'Ask for other packages, channels or versions of it, or leave the catalog out',
}));

/** SEQ0433: clusters that install the operator would not find the image. */
export const relatedImageUnusable = finding<{
  at: Position;
  catalog: string;
  image: string;
  bundle: string;
  why: string;
}>('SEQ0433', ({ at, catalog, image, bundle, why }) => ({
  at,
  what: `${printable(bundle)} of ${printable(catalog)} needs the image "${printable(image)}", which cannot be mirrored: ${why}`,
  why: 'oc-mirror ends there too, and mirrors nothing',
  next: 'Select other versions or leave the package out; or put the image under blockedImages, if the operator does without',
}));

interface RefusalWords {
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

function wordsFor(refusal: Refusal, catalog: string): RefusalWords {
  const of = 'package' in refusal ? `package ${printable(refusal.package)} of ${catalog}` : catalog;
  switch (refusal.kind) {
    case 'default channel left out':
      return {
        what: `The default channel of ${of}, ${printable(refusal.channel)}, is not among the channels selected`,
        why: 'OLM takes no package without its default channel',
        next:
          refusal.selected.length === 0
            ? `Add the channel ${printable(refusal.channel)}`
            : `Add the channel ${printable(refusal.channel)}, or set \`defaultChannel: ${printable(refusal.selected[0] ?? '')}\``,
      };
    case 'default channel unknown':
      return {
        what: `${printable(refusal.channel)}, the defaultChannel for ${of}, is not among its channels`,
        why: 'It has to be one of those that are selected',
        next: 'Check that it is spelled as in the catalog, and that it is listed under `channels`, if there are any',
      };
    case 'range in full':
      return {
        what: `The catalog ${catalog} is asked for with \`full: true\`, and package ${printable(refusal.package)} has a minVersion or maxVersion`,
        why: 'One says all versions, the other some',
        next: 'Remove `full: true`: a range brings all versions in it anyway',
      };
    case 'channel empty':
      return {
        what: `No version in channel ${printable(refusal.channel)} of ${of} is in the range ${printable(refusal.range)}`,
        why: 'It is the default channel, and OLM takes no package without it. Pre-releases such as 1.2.3-4 are in a range only where one of its bounds is one too',
        next: 'Widen the range, or set another channel as defaultChannel; `minVersion: 1.2.3-0` takes pre-releases in',
      };
    case 'version not there':
      return {
        what: `No bundle of ${of} has the version ${printable(refusal.version)}`,
        why: 'minVersion and maxVersion are the same, which asks for this very version',
        next: 'Name a version of this package. For all of 1.2, ask from 1.2.0 to 1.2.99',
      };
    case 'channel broken':
      return {
        what: `Channel ${printable(refusal.channel)} of ${of} is broken: ${refusal.problems.map((problem) => printable(problem)).join('; ')}`,
        why: 'OLM could not find its way through it either, so it is the publisher who has to change it',
        next: 'Select other channels, or `full: true`, which asks nothing of channels',
      };
    case 'version unreadable': {
      const { bundle, version } = refusal;
      const found =
        version === undefined ? 'has no version' : `has the version "${printable(version)}", which is no version`;
      return {
        what: `${printable(bundle)} in ${of} ${found}`,
        why: 'Versions of bundles are three numbers, as in 1.2.3 or 1.2.3-4; oc-mirror refuses the whole selection',
        next: 'Tell the publisher of the catalog, or leave the package out',
      };
    }
    case 'range unreadable':
      return {
        what: `A minVersion or maxVersion for ${of} cannot be read`,
        why: 'Bounds are versions, as in 1.2 or 1.2.3',
        next: 'Write the version as the catalog has it',
      };
  }
}
