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

/** SEQ0650: neither site.yaml nor the command says where to. */
export const siteWithoutRegistry = explain<{ site: string; project: string }>('SEQ0650', ({ site, project }) => ({
  what: `Where the registry of ${site} is, is not known here`,
  why: 'Its site.yaml names none, which is right where the registry is secret or cannot be reached from here',
  next: `\`nx run ${project}:upload --registry=registry.example:8443/mirror\`, or \`registry:\` in site.yaml; else carry a bundle: \`nx run ${project}:bundle\``,
}));

export const archivesNotHere = explain<{
  folder: string;
  missing: readonly { readonly folder: string; readonly name: string }[];
  /** By an engine that needs all of them. */
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
    what: `${destination} has ${newer} already; ${folder} would turn ${count} tag${count === 1 ? '' : 's'} back to older images`,
    why: 'Pods that pull by tag would get the older image at their next start',
    next: `To go back on purpose, run the same command with --force; else upload ${newer}`,
    details: facts.places.map((place) => `now of ${newer}: ${printable(place)}`),
  };
});

export const notABundle = explain<{ folder: string; problem: string }>('SEQ0644', ({ folder, problem }) => ({
  what: `${printable(folder)} is not a bundle that can be uploaded: ${printable(problem)}`,
  why: 'bundle.env, SHA256SUMS and chain/ say what the archives are',
  next: 'Give --bundle the folder that bundle.env lies in, all of it copied',
}));

export const bundleEnvRefused = explain<{ file: string; problem: string }>('SEQ0644', ({ file, problem }) => ({
  what: `${printable(file)} cannot be read: ${printable(problem, { limit: 200 })}`,
  why: 'It was written for another version, or changed on its way',
  next: 'Use the seqmirror-upload.js of the same bundle, or copy the medium again',
}));

export const volumesApart = explain<{
  bundle: string;
  volume: number;
  volumes: number;
}>('SEQ0645', ({ bundle, volume, volumes }) => ({
  what:
    volumes === 1
      ? `${printable(bundle)} has an archive in pieces, which are not put together yet`
      : `This is volume ${volume} of ${volumes} of ${printable(bundle)}, and images are spread over all of them`,
  why: 'seq-upload.sh puts volumes together in its spool, and archives out of their pieces',
  next: `./seq-upload.sh ingest from ${volumes === 1 ? 'this folder' : 'each volume'}, then --bundle=<the folder that it names>`,
}));

export const filesNotThere = explain<{
  folder: string;
  bundle: string;
  medium: string;
  names: readonly string[];
}>('SEQ0645', ({ folder, bundle, medium, names }) => ({
  what: `${names.length === 1 ? `${printable(names[0] ?? '')} is` : `${names.length} files are`} not in ${printable(folder)}, and SHA256SUMS lists ${names.length === 1 ? 'it' : 'them'}`,
  details: names.slice(0, mostNamed).map((name) => printable(name)),
  why: `The folder was copied in part, or links were copied instead of what they lead to; they came on ${printable(medium)}`,
  next: `Copy them again from ${printable(medium)} (cp -rL), or ask the sender for ${printable(bundle)} again`,
}));

export const recordsApart = explain<{
  bundle: string;
  problem: string;
  cause?: unknown;
}>('SEQ0646', ({ bundle, problem, cause }) => ({
  what: `The records of ${printable(bundle)} do not hang together: ${printable(problem, { limit: 400 })}`,
  why: 'Each sequence is sealed over its records and the seal before it; nothing was uploaded',
  next: 'Copy the medium again; if it stays so, ask the sender, by another way than the medium',
  cause,
}));

export const archivesUnlikeRecords = explain<{
  bundle: string;
  found: readonly string[];
  count: number;
}>('SEQ0647', ({ bundle, found, count }) => ({
  what: `${count} blob${count === 1 ? '' : 's'} in the archives of ${printable(bundle)} are not in its records`,
  details: found.map((each) => printable(each)),
  why: 'The inventories list each blob of each archive with its length; nothing was uploaded',
  next: 'Are these archives of another bundle? Copy the medium again, or ask the sender',
}));

export const registryHasOthers = explain<{
  folder: string;
  destination: string;
  places: readonly string[];
  count: number;
}>('SEQ0640', (facts) => {
  const { folder, count } = facts;
  const destination = printable(facts.destination);
  return {
    what: `${count} tag${count === 1 ? '' : 's'} of ${folder} stand${count === 1 ? 's' : ''} in ${destination} for images that no sequence up to it knows`,
    details: facts.places.map((place) => printable(place)),
    why: 'A later sequence brought them, and they would turn back; or somebody put them there by other means. Nothing was written',
    next: `Upload the latest bundle instead; or, where they may be replaced, the same command with --roll-back`,
  };
});

export const notAnsweredFor = explain<{
  destination: string;
  count: number;
  all: number;
  places: readonly string[];
}>('SEQ0648', ({ destination, count, all, places }) => ({
  what: `${printable(destination)} does not answer for ${count} of ${all} images, which were uploaded a moment ago`,
  details: places.map((place) => printable(place)),
  why: 'It forgot them, or another one answers under its name; no receipt can be written',
  next: 'Run the same again; if it stays so, look at the storage and the replicas of the registry',
}));

const mostNamed = 10;
