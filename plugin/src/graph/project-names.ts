import { impossibleForNx, mirrorNameFromFolder, mirrorNameFromPath } from '../mirror/mirror-name';
import type { ShownSequences } from '../mirror/shown-sequences';
import { usuallyShown } from '../mirror/shown-sequences';
import { foldedSequences } from './folding';
import type { MirrorLayout, SequenceLayout, SiteLayout } from './layout';

export interface NamedMirror {
  readonly layout: MirrorLayout;
  readonly name: string;
  /** The oldest sequences, which have one project together. */
  readonly folded: readonly SequenceLayout[];
  /** Those that would be folded if seqmirror.yaml said nothing. */
  readonly old: ReadonlySet<SequenceLayout>;
  /** The Nx project of a sequence, including rivals, or of a site; of a folded sequence that of all of them. */
  readonly nameOf: (project: SequenceLayout | SiteLayout) => string;
}

/** What seqmirror.yaml says to the graph. */
export interface GivenForGraph {
  readonly name: string | undefined;
  readonly shown: ShownSequences;
}

/**
 * Unique names for all projects: if two had the same name, every Nx command of the workspace would fail. A name in
 * seqmirror.yaml counts first, then folders' names, then paths. `mirror-seq2` is the sequence's project, with its whole
 * folder name if that is taken; `mirror-older` stands for the folded ones; `mirror-site-bravo` is the site's.
 *
 * @param given what a mirror's settings say, by its root
 * @param options.foldsOld `false`: no sequence is folded or old
 */
export function nameProjects(
  mirrors: readonly MirrorLayout[],
  given: ReadonlyMap<string, GivenForGraph>,
  { foldsOld = true }: { readonly foldsOld?: boolean | undefined } = {},
): NamedMirror[] {
  const taken = new Set(impossibleForNx);
  const names = new Map<string, string>();
  const nameGiven = ({ root }: MirrorLayout): string | undefined => given.get(root)?.name;
  const bySettings = mirrors.filter((mirror) => nameGiven(mirror) !== undefined);
  const byFolder = mirrors.filter((mirror) => nameGiven(mirror) === undefined);
  for (const mirror of [...bySettings, ...byFolder]) {
    const { root } = mirror;
    const wanted = nameGiven(mirror) ?? mirrorNameFromFolder(root);
    names.set(root, take(taken, [wanted, mirrorNameFromPath(root)]));
  }
  return mirrors.map((layout) => {
    const name = names.get(layout.root) as string;
    const projects = new Map<string, string>();
    const folded = foldedSequences(layout, foldsOld ? (given.get(layout.root)?.shown ?? usuallyShown) : 'all');
    if (folded.length > 0) {
      const older = take(taken, [`${name}-older`]);
      for (const { root } of folded) projects.set(root, older);
    }
    for (const { root, number, folder } of layout.sequences.slice(folded.length)) {
      projects.set(root, take(taken, [`${name}-seq${number}`, `${name}-${folder}`]));
    }
    for (const { root, folder } of layout.rivals) {
      projects.set(root, take(taken, [`${name}-${folder}`]));
    }
    for (const { root, name: site } of layout.sites) {
      projects.set(root, take(taken, [`${name}-site-${site.replace(/[^A-Za-z0-9._-]+/g, '-')}`]));
    }
    const old = new Set(foldedSequences(layout, foldsOld ? usuallyShown : 'all'));
    return { layout, name, folded, old, nameOf: ({ root }) => projects.get(root) as string };
  });
}

function take(taken: Set<string>, candidates: readonly [string, ...string[]]): string {
  let name = candidates.find((candidate) => !taken.has(candidate));
  for (let count = 2; name === undefined; count += 1) {
    const numbered = `${candidates[0]}-${count}`;
    if (!taken.has(numbered)) name = numbered;
  }
  taken.add(name);
  return name;
}
