/**
 * The files of working-dir that disk-to-mirror reads, for archives that are composed: taken from other archives of the
 * chain, or from an engine's working folder. None of these files has a digest of its own, so each kind of content
 * (releases, catalogs) decides which of its files to trust, by the images of the sequence.
 */
import { bytesAtHand } from './blob-source';
import type { DiskToMirrorConfig } from './needed-by-disk-to-mirror';
import { neededByDiskToMirror } from './needed-by-disk-to-mirror';
import type { PlannedFile } from './plan';
import type { WorkingDirFile } from './working-dir';

/** A place that has such files. */
export interface FileSource {
  /** For people. */
  readonly where: string;
  /** `working-dir/…` */
  readonly files: readonly WorkingDirFile[];
}

/** What one kind of content knows about its files. */
export interface PartOfWorkingDir {
  /** Whether files of this name (`working-dir/…`) belong to this kind. */
  owns(name: string): boolean;
  /** Looks at a source, and then says for each of its files what to use. `undefined`: nothing. */
  choose(source: FileSource): Promise<(file: WorkingDirFile) => Promise<PlannedFile | undefined>>;
  /** What is needed and not among these names, in words. */
  lacking(names: ReadonlySet<string>, config: DiskToMirrorConfig): string[];
}

export interface NeededFiles {
  readonly files: readonly PlannedFile[];
  /** What is needed and found nowhere, in words. */
  readonly lacking: readonly string[];
}

/** Update graphs and digests, the only files that are read here, are smaller. */
export const lookedIntoByteLimit = 64 * 1024 ** 2;

/**
 * Chooses from the sources, in order, what a sequence with these parts and this configuration needs.
 *
 * @param has names that archives which stay have already
 */
export async function neededFiles(
  sources: readonly FileSource[],
  { config, parts, has }: { config: DiskToMirrorConfig; parts: readonly PartOfWorkingDir[]; has: ReadonlySet<string> },
): Promise<NeededFiles> {
  const files = new Map<string, PlannedFile>();
  for (const source of sources) {
    const choices = new Map<PartOfWorkingDir, Awaited<ReturnType<PartOfWorkingDir['choose']>>>();
    for (const part of parts) choices.set(part, await part.choose(source));
    for (const file of source.files) {
      const { name } = file;
      if (files.has(name) || has.has(name) || !neededByDiskToMirror(name, config)) continue;
      const owner = parts.find((part) => part.owns(name));
      const chosen = owner === undefined ? unowned(file) : await choices.get(owner)?.(file);
      if (chosen !== undefined) files.set(name, chosen);
    }
  }
  const names = new Set([...files.keys(), ...has]);
  const lacking = parts.flatMap((part) => part.lacking(names, config));
  return { files: [...files.values()], lacking: [...lacking, ...chartsLacking(names, config)] };
}

/** A file that is made here. */
export function composedFile(name: string, content: Buffer): PlannedFile {
  return { name, ...bytesAtHand(content) };
}

/** Files of no release and no catalog, except those of cache registries long gone. */
function unowned(file: WorkingDirFile): PlannedFile | undefined {
  return file.name.startsWith('working-dir/containers/') ? undefined : file;
}

function chartsLacking(names: ReadonlySet<string>, { config: { mirror } }: DiskToMirrorConfig): string[] {
  const asked = (mirror.helm?.repositories ?? []).length > 0;
  return asked && ![...names].some((name) => name.startsWith('working-dir/helm/charts/')) ? ['the helm charts'] : [];
}
