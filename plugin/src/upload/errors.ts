import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const notSealedForUpload = explain<{
  mirror: string;
  number: number;
  folder: string;
}>('SEQ0643', ({ mirror, number, folder }) => ({
  what: `${folder} is not sealed, so there is nothing to upload`,
  why: 'Only what was proven complete leaves',
  next: `nx run ${mirror}:seq${number}`,
}));

/** SEQ0650: neither site.yaml nor the command names a registry. */
export const siteWithoutRegistry = explain<{ site: string; project: string }>('SEQ0650', ({ site, project }) => ({
  what: `No registry is configured for ${site}`,
  why: 'Its site.yaml names none, which is right where the registry is secret or cannot be reached from here',
  next: `\`nx run ${project}:upload --registry=registry.example:8443/mirror\`, or \`registry:\` in site.yaml; else carry a bundle: \`nx run ${project}:bundle --output=<folder>\``,
}));

export const archivesLacking = explain<{
  folder: string;
  missing: readonly { readonly folder: string; readonly name: string }[];
  /** Whether the engine needs all of them. */
  needsAll: boolean;
}>('SEQ0643', (facts) => {
  const [first] = facts.missing;
  return {
    what: `${facts.missing.length} archives that ${facts.folder} needs are not on this machine`,
    why: facts.needsAll
      ? 'oc-mirror would end in "manifest unknown" or "blob unknown" for what is in them'
      : 'None of its own is here, so nothing could be uploaded',
    next: `Bring them back, or make them again (\`reissue\` of ${first?.folder})`,
    details: facts.missing.map(({ folder, name }) => `${folder}/${name}`),
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
    what: `${destination} has ${newer} already; ${folder} would move ${count} tag${count === 1 ? '' : 's'} back to older images`,
    why: 'Pods that pull by tag would get the older image at their next start',
    next: `To go back on purpose, run the same command with --force; else upload ${newer}`,
    details: facts.places.map((place) => `now of ${newer}: ${printable(place)}`),
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
    what: `${destination} has other images under ${count} tag${count === 1 ? '' : 's'} of ${folder}: no sequence up to it knows them`,
    details: facts.places.map((place) => printable(place)),
    why: 'A later sequence brought them, and the tags would move back; or somebody else put them there. Nothing was written',
    next: `Upload the latest bundle instead; or, where they may be replaced, the same command with --allow-older`,
  };
});

export const notAnsweredFor = explain<{
  destination: string;
  count: number;
  all: number;
  places: readonly string[];
}>('SEQ0648', ({ destination, count, all, places }) => ({
  what: `${printable(destination)} does not have ${count} of ${all} images under their tags, which were uploaded a moment ago`,
  details: places.map((place) => printable(place)),
  why: 'It forgot them, somebody moved a tag, or another one answers under its name; no receipt can be written',
  next: 'Run the same again; if it stays so, look at the storage and the replicas of the registry',
}));
