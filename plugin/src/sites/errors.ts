import { counted } from '../system/counted';
import { explain } from '../system/errors';
import { printable } from '../system/printable';
import { shellWord } from '../system/shell-word';

export const registryOfSiteUnknown = explain<{ site: string; project: string; command: string }>(
  'SEQ0658',
  ({ site, project, command }) => ({
    what: `The registry of ${site} is not known`,
    why: 'site.yaml has no `registry`',
    next: `Name the registry: nx run ${project}:${command} --registry=registry.example:8443/mirror`,
  }),
);

export const nothingAcknowledged = explain<{ site: string; project: string }>('SEQ0659', ({ site, project }) => ({
  what: `${site} has not acknowledged a sequence, so there is nothing to compare its registry with`,
  why: 'The ledger of the site is empty, or names only sequences that this chain does not have',
  next: `See what the site has: nx run ${project}:status`,
}));

/** SEQ0660: a sequence that a registry cannot go back to. */
export const notEarlier = explain<{ site: string; project: string; number: number; head: number; last: number }>(
  'SEQ0660',
  ({ site, project, number, head, last }) => ({
    what: `The registry of ${site} cannot go back to seq${number}`,
    why:
      number > last
        ? `The last sealed sequence is seq${last}`
        : `The last sequence that ${site} has acknowledged is seq${head}, which is before seq${number}`,
    next:
      number > last
        ? `Name an earlier sequence: nx run ${project}:rollback --tags --to=seq${head}`
        : `To go forward, upload the sequence: nx run ${project}:upload`,
  }),
);

/** SEQ0660: the registry has lost a part of the sequence that it should go back to. */
export const earlierIncomplete = explain<{
  mirror: string;
  folder: string;
  number: number;
  registry: string;
  blobs: number;
  images: readonly string[];
  /** Folders of the sequences that brought what is missing. */
  broughtBy: readonly string[];
}>('SEQ0660', ({ mirror, folder, number, registry, blobs, images, broughtBy }) => ({
  what: `${printable(registry)} lacks ${counted(blobs, 'blob')} of ${folder}, so its tags cannot go back to this sequence`,
  details: [
    ...broughtBy.map((each) => `The archives of ${each} contain some of the missing blobs`),
    ...images.map((image) => `not complete: ${printable(image)}`),
  ],
  why: 'A cleanup or a garbage collection deleted content that only earlier sequences need. No tag was moved',
  next: `Upload the missing content from these archives: \`nx run ${mirror}:upload --sequence=seq${number} --registry=${printable(registry)} --force --thorough\`. It also moves the tags. Then run the same command again, which corrects the ledger`,
}));

/** SEQ0661: what a plan for the registry of a site says is no longer what would be done. */
export const sitePlanChanged = explain<{ command: string; asked: string }>('SEQ0661', ({ command, asked }) => ({
  what: `${command} would now do something else than the plan ${printable(asked, { limit: 40 })} says`,
  why: 'The options, the chain, the ledger or the registry differ from those of the plan. Nothing was changed',
  next: 'Run the same command without --apply, and read the plan that it prints',
}));

/** SEQ0648: the registry answered that it moved tags, and did not. */
export const tagsNotMoved = explain<{ registry: string; places: readonly string[]; all: number }>(
  'SEQ0648',
  ({ registry, places, all }) => ({
    what: `${printable(registry)} has not moved ${places.length} of ${counted(all, 'tag')}`,
    details: places.map((place) => printable(place)),
    why: 'Somebody moved a tag at the same time, or another registry answers under the same name. The ledger was not changed',
    next: 'Make a new plan: run the same command without --apply',
  }),
);

/** SEQ0662: a bundle on its way was made for what the registry has now. */
export const bundleOnItsWay = explain<{ site: string; project: string; transfers: readonly string[] }>(
  'SEQ0662',
  ({ site, project, transfers }) => ({
    what: `No image can be deleted from the registry of ${site}, because ${transfers.join(', ')} ${transfers.length === 1 ? 'is' : 'are'} on the way`,
    why: 'A bundle leaves out what the ledger lists, so it may need layers of images that no kept sequence needs',
    next: `Acknowledge the receipt first: \`nx run ${project}:acknowledge --receipt=<file>\`. If the bundle was lost: \`nx run ${project}:acknowledge --lost=${transfers[0]}\``,
  }),
);

/** SEQ0662: fewer than one sequence cannot be kept. */
export const keepTooFew = explain<{ keep: number }>('SEQ0662', ({ keep }) => ({
  what: `--keep=${keep} is not a number of sequences that cleanup can keep`,
  why: 'The newest sequence of a site always stays complete, so the number must be at least 1',
  next: 'Give a whole number, for example --keep=3',
}));

/** SEQ0663: the plan for a cluster is to be made from a sequence that is not sealed. */
export const notSealedToApply = explain<{ number: number; last: number }>('SEQ0663', ({ number, last }) => ({
  what: `seq${number} is not sealed, so it has no cluster resources`,
  why: `The last sealed sequence is seq${last}`,
  next: `Name another sequence, for example --at=seq${last}`,
}));

/** SEQ0663: files of others would stand among the resources, and be applied with them. */
export const otherFilesThere = explain<{ folder: string; names: readonly string[] }>(
  'SEQ0663',
  ({ folder, names }) => ({
    what: `${printable(folder)} contains ${counted(names.length, 'other file')}`,
    details: names.map((name) => printable(name)),
    why: '`oc apply -f` on the folder would apply these files too. Nothing was written',
    next: 'Name a new folder',
  }),
);

/** SEQ0663: nothing can reach a cluster. */
export const noClusterProgram = explain('SEQ0663', () => ({
  what: 'Neither oc nor kubectl is on PATH',
  why: 'seqmirror applies cluster resources with one of these programs',
  next: 'Install one of them, or leave out --run and add --output=<folder>. Then apply the files from a machine that reaches the cluster',
}));

/** SEQ0664: a cluster refused a step, so the later ones were not tried. */
export const stepFailed = explain<{
  index: number;
  files: readonly string[];
  done: readonly string[];
  said: readonly string[];
  project: string;
  context: string | undefined;
  isConflict: boolean;
}>('SEQ0664', ({ index, files, done, said, project, context, isConflict }) => ({
  what: `Step ${index + 1}, ${files.join(' ')}, was not applied to the cluster`,
  details: [...said, `applied before: ${done.length === 0 ? 'nothing' : done.join(', ')}`],
  why: isConflict
    ? 'Somebody else manages a field that has another value, for example since an earlier `oc apply` without --server-side. Later steps were not tried'
    : 'The words of the program are above. Later steps were not tried',
  next: `${
    isConflict
      ? 'If the values of seqmirror should replace the others, write the files with --output=<folder>, and run `oc apply --server-side --force-conflicts -f <file>` for this step. Then'
      : 'Correct the problem. Then'
  } run the same command again: nx run ${project}:apply --run${context === undefined ? '' : ` --context=${shellWord(printable(context))}`}. Steps that were applied do not change anything again`,
}));
