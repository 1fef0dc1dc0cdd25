/** Other content of archives, which nobody asked for and which everybody who gets the disk can read. */
import type { ArchiveEntry, ArchiveIndex } from '../archive/archive-index';

/** What archives contain besides the images. Everybody who gets the disk can read this content. */
export interface Travels {
  readonly links: number;
  /** Files of oc-mirror's working-dir, by their first folder, for example `logs`, `.history`, `hold-release`. */
  readonly workingDir: readonly { readonly folder: string; readonly entries: number; readonly bytes: number }[];
  /** The names of unexpected entries: at most `mostNames` of `otherCount`. */
  readonly other: readonly string[];
  readonly otherCount: number;
  /** Users and groups in tar headers, with names and numbers: `jenkins:docker (1000:1000)`. */
  readonly owners: readonly string[];
  /**
   * Repositories that have links but no image of this sequence. They come from other configurations with the same
   * cache. Always empty with `quick` and `full`.
   */
  readonly otherRepositories: readonly string[];
}

const mostNames = 20;

/** @param repositories those with images of the sequence, if they are known */
export function travelsIn(indexes: readonly ArchiveIndex[], repositories: ReadonlySet<string> | undefined): Travels {
  const workingDir = new Map<string, { entries: number; bytes: number }>();
  const other: ArchiveEntry[] = [];
  const otherRepositories = new Set<string>();
  let links = 0;
  for (const index of indexes) {
    links += index.links.length;
    for (const { repository } of index.links)
      if (repositories?.has(repository) === false) otherRepositories.add(repository);
    for (const { name, bytes } of index.workingDir) {
      const [, folder = ''] = name.split('/');
      const known = workingDir.get(folder) ?? { entries: 0, bytes: 0 };
      workingDir.set(folder, { entries: known.entries + 1, bytes: known.bytes + bytes });
    }
    // The configuration that oc-mirror packs with every archive is expected.
    other.push(...index.other.filter(({ name }) => !/^isc_[^/]+$/.test(name)));
  }
  return {
    links,
    workingDir: [...workingDir]
      .map(([folder, { entries, bytes }]) => ({ folder, entries, bytes }))
      .sort((a, b) => (a.folder < b.folder ? -1 : 1)),
    other: other.slice(0, mostNames).map(({ name }) => name),
    otherCount: other.length,
    owners: [...new Set(indexes.flatMap(({ owners }) => owners))].sort(),
    otherRepositories: [...otherRepositories].sort(),
  };
}
