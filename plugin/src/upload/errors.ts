import type { AbsentSequence } from '../mirror/way-back';
import { commandsBack, retiredLines } from '../mirror/way-back';
import { explain } from '../system/errors';
import { counted } from '../system/counted';
import { printable } from '../system/printable';

export const notSealedForUpload = explain<{
  mirror: string;
  number: number;
  folder: string;
}>('SEQ0643', ({ mirror, number, folder }) => ({
  what: `${folder} is not sealed, so it cannot be uploaded`,
  why: 'seqmirror uploads only sealed sequences, because all their images are verified',
  next: `Run \`nx run ${mirror}:seq${number}\` to mirror and seal the sequence`,
}));

/** SEQ0650: neither site.yaml nor the command names a registry. */
export const siteWithoutRegistry = explain<{ site: string; project: string }>('SEQ0650', ({ site, project }) => ({
  what: `No registry is configured for ${site}`,
  why: 'site.yaml has no `registry`. This is right if the registry is secret, or if this machine cannot reach the registry',
  next: `If this machine can reach the registry, run \`nx run ${project}:upload --registry=registry.example:8443/mirror\`. If not, make a bundle to carry to the site: \`nx run ${project}:bundle --output=<folder>\``,
}));

export const archivesLacking = explain<{
  mirror: string;
  folder: string;
  missing: readonly (AbsentSequence & { readonly name: string })[];
  /** Whether the engine needs all of them. */
  needsAll: boolean;
}>('SEQ0643', (facts) => {
  const sequences = [...new Map(facts.missing.map((each) => [each.number, each])).values()];
  return {
    what: `${facts.folder} needs ${counted(facts.missing.length, 'archive')} that this machine does not have`,
    why: facts.needsAll
      ? 'Without these archives, oc-mirror fails with "manifest unknown" or "blob unknown"'
      : 'This machine has no archive of the sequence itself, so there is nothing to upload',
    next: `Copy the archives back to this machine, or make them again: ${commandsBack(facts.mirror, sequences)}`,
    details: [...facts.missing.map(({ folder, name }) => `${folder}/${name}`), ...retiredLines(sequences)],
  };
});

export const wouldRollBack = explain<{
  folder: string;
  newer: string;
  destination: string;
  places: readonly string[];
  count: number;
}>('SEQ0640', (facts) => {
  const { folder, newer, count } = facts;
  const destination = printable(facts.destination);
  return {
    what: `${destination} already has ${newer}, so the upload of ${folder} would move ${count} tag${count === 1 ? '' : 's'} back to older images`,
    why: 'Pods that pull by tag would then start with the older image',
    next: `Upload ${newer} instead. If you want to go back to ${folder}, run the same command with --force`,
    details: facts.places.map((place) => `from ${newer}: ${printable(place)}`),
  };
});

export const registryHasOthers = explain<{
  folder: string;
  destination: string;
  places: readonly string[];
  count: number;
}>('SEQ0640', (facts) => {
  const { folder, count } = facts;
  const destination = printable(facts.destination);
  return {
    what: `In ${destination}, ${count} tag${count === 1 ? ' points' : 's point'} to images that no sequence up to ${folder} contains`,
    details: facts.places.map((place) => printable(place)),
    why: 'A later sequence or somebody else set these tags, and the upload would move the tags back. Nothing was uploaded',
    next: `Upload the newest bundle instead. If the upload may overwrite these tags, run the same command with --allow-older`,
  };
});

export const notAnsweredFor = explain<{
  destination: string;
  count: number;
  all: number;
  places: readonly string[];
}>('SEQ0648', ({ destination, count, all, places }) => ({
  what: `${printable(destination)} does not return ${count} of the ${all} images that were just uploaded`,
  details: places.map((place) => printable(place)),
  why: 'The registry lost images, somebody moved a tag, or another registry answers under the same name. No receipt was written',
  next: 'Run the same command again. If the command fails again, check the storage and the replicas of the registry',
}));

export const notThorough = explain('SEQ0657', () => ({
  what: 'oc-mirror cannot upload with --thorough',
  why: 'Only the embedded engine can ask the registry for every layer',
  next: 'Leave out --engine, or use --engine=embedded: the embedded engine uploads archives of both engines',
}));
