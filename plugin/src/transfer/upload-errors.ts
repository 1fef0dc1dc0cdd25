import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

export function notSealedForUpload(facts: { mirror: string; number: number; folder: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0643',
    what: `${facts.folder} is not sealed, so there is nothing to upload`,
    why: 'Only what was proven complete leaves',
    next: `nx run ${facts.mirror}:seq${facts.number}`,
  });
}

export function archivesNotHere(facts: {
  folder: string;
  missing: readonly { readonly folder: string; readonly name: string }[];
  isEmbedded: boolean;
}): SeqmirrorError {
  const [first] = facts.missing;
  return new SeqmirrorError({
    code: 'SEQ0643',
    what: `${facts.missing.length} archives that ${facts.folder} needs are not on this machine`,
    why: facts.isEmbedded
      ? 'None of its own is here, so nothing could be uploaded'
      : 'oc-mirror would end in "manifest unknown" or "blob unknown" for what is in them',
    next: `Bring them back, or make them again (\`reissue\` of ${first?.folder})`,
    details: facts.missing.map(({ folder, name }) => `${folder}/${name}`),
  });
}

export function wouldRollBack(facts: {
  folder: string;
  newer: string;
  destination: string;
  places: readonly string[];
  count: number;
}): SeqmirrorError {
  const { folder, newer, count } = facts;
  const destination = printable(facts.destination);
  return new SeqmirrorError({
    code: 'SEQ0640',
    what: `${destination} has ${newer} already; ${folder} would turn ${count} tag${count === 1 ? '' : 's'} back to older images`,
    why: 'Pods that pull by tag would get the older image at their next start',
    next: `To go back on purpose, run the same command with --force; else upload ${newer}`,
    details: facts.places.map((place) => `now of ${newer}: ${printable(place)}`),
  });
}
