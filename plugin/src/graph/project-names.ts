import { impossibleForNx, mirrorNameFromFolder, mirrorNameFromPath } from '../mirror/mirror-name';
import type { MirrorLayout, SequenceLayout, SiteLayout } from './layout';

export interface NamedMirror {
  readonly layout: MirrorLayout;
  readonly name: string;
  /** The Nx project of a sequence, including rivals, or of a site. */
  readonly nameOf: (project: SequenceLayout | SiteLayout) => string;
}

/**
 * Unique names for all projects: if two had the same name, every Nx command of the workspace would fail. A name in
 * seqmirror.yaml counts first, then folders' names, then paths. `mirror-seq2` is the sequence's project, with its whole
 * folder name if that is taken; `mirror-site-bravo` is the site's.
 *
 * @param settingsNames the name that a mirror's settings give, by its root
 */
export function nameProjects(
  mirrors: readonly MirrorLayout[],
  settingsNames: ReadonlyMap<string, string>,
): NamedMirror[] {
  const taken = new Set(impossibleForNx);
  const names = new Map<string, string>();
  const bySettings = mirrors.filter(({ root }) => settingsNames.has(root));
  const byFolder = mirrors.filter(({ root }) => !settingsNames.has(root));
  for (const { root } of [...bySettings, ...byFolder]) {
    const wanted = settingsNames.get(root) ?? mirrorNameFromFolder(root);
    names.set(root, take(taken, [wanted, mirrorNameFromPath(root)]));
  }
  return mirrors.map((layout) => {
    const name = names.get(layout.root) as string;
    const projects = new Map<string, string>();
    for (const { root, number, folder } of layout.sequences) {
      projects.set(root, take(taken, [`${name}-seq${number}`, `${name}-${folder}`]));
    }
    for (const { root, folder } of layout.rivals) {
      projects.set(root, take(taken, [`${name}-${folder}`]));
    }
    for (const { root, name: site } of layout.sites) {
      projects.set(root, take(taken, [`${name}-site-${site.replace(/[^A-Za-z0-9._-]+/g, '-')}`]));
    }
    return { layout, name, nameOf: ({ root }) => projects.get(root) as string };
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
