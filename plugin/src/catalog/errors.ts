import type { Position, SeqmirrorError } from '../system/errors';
import { explain, finding } from '../system/errors';
import { counted } from '../system/counted';
import { listedNames } from '../system/listed-names';
import { printable } from '../system/printable';
import type { Refusal } from './refusals';

const anotherCopy = 'Use another copy of the archive, or make the archive again';

/** SEQ0247: a file-based catalog is expected, but it is something else. */
export const unreadableCatalog = explain<{ file: string; why: string }>('SEQ0247', ({ file, why }) => ({
  what: `${printable(file)} is not a file-based catalog`,
  why,
  next: anotherCopy,
}));

/** SEQ0247: more than any catalog has. */
export function oversizedCatalog(facts: { file: string; what: string; limit: number }): SeqmirrorError {
  return unreadableCatalog({
    file: facts.file,
    why: `The file has more than ${facts.limit} ${facts.what}. The catalogs of Red Hat have fewer`,
  });
}

/** SEQ0430: opm and oc-mirror could not read it either, so the catalog would serve nothing. */
export const catalogFileUnreadable = explain<{ at: Position; why: string }>('SEQ0430', ({ at, why }) => ({
  at,
  what: 'this text is not valid in a file-based catalog',
  why,
  next: 'Use a newer version of the catalog. If the catalog is your own, correct the file, or exclude it with a line in .indexignore',
}));

/** SEQ0431: nothing can be selected from it. */
export const noCatalogImage = explain<{ image: string; why: string }>('SEQ0431', ({ image, why }) => ({
  what: `${printable(image)} is not a file-based catalog`,
  why,
  next: 'Use a file-based catalog. Catalogs for OpenShift before 4.11 contain a database instead, which oc-mirror v2 does not support',
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
  why: 'Without this package, the selection from the catalog is empty. oc-mirror fails too',
  next:
    meant === undefined
      ? `Use one of the ${counted(known.length, 'package')} of the catalog: ${listedNames(known)}`
      : `If you mean \`${printable(meant)}\`, write \`${printable(meant)}\``,
}));

/** SEQ0432: the selected catalog would be empty. */
export const noRelatedImages = explain<{ at: Position; catalog: string }>('SEQ0432', ({ at, catalog }) => ({
  at,
  what: `The selection from ${printable(catalog)} is empty`,
  why: 'The catalog has no bundles of the selected packages',
  next: 'Select other packages, channels or versions, or remove the catalog from the configuration',
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
  why: 'oc-mirror fails too, and mirrors nothing',
  next: 'Select other versions, or remove the package. If the operator works without this image, add the image to blockedImages',
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
        what: `The default channel of ${of}, ${printable(refusal.channel)}, is not selected`,
        why: 'OLM refuses a package without its default channel',
        next:
          refusal.selected.length === 0
            ? `Add the channel ${printable(refusal.channel)}`
            : `Add the channel ${printable(refusal.channel)}, or set \`defaultChannel: ${printable(refusal.selected[0] ?? '')}\``,
      };
    case 'default channel unknown':
      return {
        what: `\`defaultChannel\` of ${of} is ${printable(refusal.channel)}, but this channel is not selected`,
        why: '`defaultChannel` must be one of the selected channels',
        next: 'Spell the channel as in the catalog. If the package has a list `channels`, add the channel to the list',
      };
    case 'range in full':
      return {
        what: `The catalog ${catalog} has \`full: true\`, but package ${printable(refusal.package)} has a minVersion or maxVersion`,
        why: '`full: true` selects all versions, but the range selects only some of them',
        next: 'Remove `full: true`. The range still selects all versions between its bounds',
      };
    case 'channel empty':
      return {
        what: `No version in channel ${printable(refusal.channel)} of ${of} is in the range ${printable(refusal.range)}`,
        why: 'OLM refuses a package without its default channel. A range contains pre-releases such as 1.2.3-4 only if one of its bounds is a pre-release',
        next: 'Widen the range, or set another defaultChannel. To select pre-releases too, write a bound such as `minVersion: 1.2.3-0`',
      };
    case 'version not there':
      return {
        what: `No bundle of ${of} has the version ${printable(refusal.version)}`,
        why: 'minVersion and maxVersion are the same, so they select only this version',
        next: 'Write a version of this package. To select all versions 1.2, set minVersion 1.2.0 and maxVersion 1.2.99',
      };
    case 'channel broken':
      return {
        what: `Channel ${printable(refusal.channel)} of ${of} is broken: ${refusal.problems.map((problem) => printable(problem)).join('; ')}`,
        why: 'OLM cannot find the upgrade paths in this channel either. Only the publisher of the catalog can correct the channel',
        next: 'Select other channels, or set `full: true`, which does not use upgrade paths',
      };
    case 'version unreadable': {
      const { bundle, version } = refusal;
      const found =
        version === undefined ? 'has no version' : `has the version "${printable(version)}", which is not a version`;
      return {
        what: `${printable(bundle)} in ${of} ${found}`,
        why: 'A bundle version has three numbers, as in 1.2.3 or 1.2.3-4. oc-mirror refuses the whole selection',
        next: 'Tell the publisher of the catalog, or remove the package from the configuration',
      };
    }
    case 'range unreadable':
      return {
        what: `A minVersion or maxVersion for ${of} cannot be read`,
        why: 'A bound is a version such as 1.2 or 1.2.3',
        next: 'Write the version as in the catalog',
      };
  }
}
