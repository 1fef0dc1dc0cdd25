/**
 * Finds mirrors, sequences and sites in a list of files. By paths alone: no file is opened, so that a thousand
 * sequences cost milliseconds, and no file's content can break the graph.
 */
import { impossibleForNx } from '../mirror/mirror-name';
import { parseSequenceFolder, sequenceFiles } from '../sequence/folder';
import { appendTo } from '../system/append-to';
import { compareTexts } from '../system/compare-texts';

/** Settings, intents, the record whose presence means "sealed", and sites: all files that the graph is made from. */
export const graphFiles = `**/{seqmirror.yaml,${sequenceFiles.map((name) => `content/seq*/${name}`).join(',')},sites/*/site.yaml}`;

export interface MirrorLayout {
  /** Relative to the workspace's root, as all paths here: `mirror`; `.` for a mirror that is the workspace. */
  readonly root: string;
  readonly settingsFile: string;
  /** One per number, ascending. Numbers may be missing; the executor refuses that. */
  readonly sequences: readonly SequenceLayout[];
  /** Folders that claim a number of `sequences`: two branches both made it. */
  readonly rivals: readonly SequenceLayout[];
  /** Folders that begin with `seq` and hold a sequence's files, but whose name is not `seq<number>-<name>`. */
  readonly misnamed: readonly FolderLayout[];
  /** Sorted by name. */
  readonly sites: readonly SiteLayout[];
}

export interface SiteLayout {
  readonly root: string;
  /** Its folder's name. If a site cannot have this name, the executor refuses it. */
  readonly name: string;
  readonly sourceFile: string;
}

export interface FolderLayout {
  readonly root: string;
  readonly folder: string;
  /** The first existing one of imageset-config.yaml, sequence.yaml and seq-metadata.yaml. */
  readonly sourceFile: string;
  readonly hasConfig: boolean;
  readonly sealed: boolean;
}

export interface SequenceLayout extends FolderLayout {
  readonly number: number;
  /** The sequence with the nearest lower number. */
  readonly previous: SequenceLayout | undefined;
}

/** The mirrors among files that match `graphFiles` (others are ignored), sorted by root. */
export function mirrorsIn(files: readonly string[]): MirrorLayout[] {
  const settings: string[] = [];
  const siteFiles: string[] = [];
  const folders = new Map<string, string[]>();
  for (const file of files) {
    // A workspace has many other files.
    if (!file.endsWith('.yaml')) continue;
    const name = nameIn(file);
    if (name === 'seqmirror.yaml') settings.push(file);
    else if (name === 'site.yaml') siteFiles.push(file);
    else if (isSequenceFile(name)) appendTo(folders, folderOf(file), name);
  }
  const sequences = foldersByMirror(folders);
  const sites = sitesByMirror(siteFiles);
  return settings
    .filter((file) => !impossibleForNx.has(folderOf(file)))
    .sort(compareTexts)
    .map((settingsFile) => {
      const root = folderOf(settingsFile);
      return { root, settingsFile, ...chainOf(sequences.get(root) ?? []), sites: sites.get(root) ?? [] };
    });
}

function isSequenceFile(name: string): boolean {
  return (sequenceFiles as readonly string[]).includes(name);
}

/** As `dirname` of node:path, which would take a third of the time of it all. */
function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

/** The folder above the one that is called `name`, in which this path lies: for `sites`, `mirror` of `mirror/sites/bravo`. */
function mirrorAbove(path: string, name: 'content' | 'sites'): string | undefined {
  const parent = folderOf(path);
  if (parent === name) return '.';
  return parent.endsWith(`/${name}`) ? parent.slice(0, -name.length - 1) : undefined;
}

function sitesByMirror(files: readonly string[]): Map<string, SiteLayout[]> {
  const sites = new Map<string, SiteLayout[]>();
  for (const sourceFile of [...files].sort(compareTexts)) {
    const root = folderOf(sourceFile);
    const mirrorRoot = mirrorAbove(root, 'sites');
    if (mirrorRoot !== undefined) appendTo(sites, mirrorRoot, { root, name: nameIn(root), sourceFile });
  }
  return sites;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @param namesByFolder which of a sequence's files each folder has */
function foldersByMirror(namesByFolder: ReadonlyMap<string, readonly string[]>): Map<string, FolderLayout[]> {
  const folders = new Map<string, FolderLayout[]>();
  for (const [root, names] of namesByFolder) {
    const folder = nameIn(root);
    const mirrorRoot = folder.startsWith('seq') ? mirrorAbove(root, 'content') : undefined;
    if (mirrorRoot === undefined) continue;
    const source = sequenceFiles.find((name) => names.includes(name)) as string;
    appendTo(folders, mirrorRoot, {
      root,
      folder,
      sourceFile: `${root}/${source}`,
      hasConfig: names.includes('imageset-config.yaml'),
      sealed: names.includes('seq-metadata.yaml'),
    });
  }
  return folders;
}

function chainOf(folders: readonly FolderLayout[]): Pick<MirrorLayout, 'sequences' | 'rivals' | 'misnamed'> {
  const misnamed: FolderLayout[] = [];
  const claims = new Map<number, FolderLayout[]>();
  for (const folder of folders) {
    const number = parseSequenceFolder(folder.folder)?.number;
    if (number === undefined) misnamed.push(folder);
    else appendTo(claims, number, folder);
  }
  const sequences: SequenceLayout[] = [];
  const rivals: SequenceLayout[] = [];
  for (const [number, claimed] of [...claims].sort(([a], [b]) => a - b)) {
    const previous = sequences.at(-1);
    const [first, ...others] = claimed.sort(sealedFirstThenByName);
    sequences.push({ ...(first as FolderLayout), number, previous });
    rivals.push(...others.map((folder) => ({ ...folder, number, previous })));
  }
  return { sequences, rivals, misnamed: misnamed.sort(sealedFirstThenByName) };
}

function sealedFirstThenByName(a: FolderLayout, b: FolderLayout): number {
  return Number(b.sealed) - Number(a.sealed) || compareTexts(a.folder, b.folder);
}
