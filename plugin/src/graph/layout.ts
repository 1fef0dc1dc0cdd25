/**
 * Finds mirrors, sequences and sites in a list of files. By paths alone: no file is opened, so that a thousand
 * sequences cost milliseconds, and no file's content can break the graph.
 */
import { basename, dirname } from 'node:path/posix';
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
  const settings = files
    .filter((file) => basename(file) === 'seqmirror.yaml' && !impossibleForNx.has(dirname(file)))
    .sort(compareTexts);
  const folders = foldersByMirror(files);
  const sites = sitesByMirror(files);
  return settings.map((settingsFile) => {
    const root = dirname(settingsFile);
    return { root, settingsFile, ...chainOf(folders.get(root) ?? []), sites: sites.get(root) ?? [] };
  });
}

function sitesByMirror(files: readonly string[]): Map<string, SiteLayout[]> {
  const sites = new Map<string, SiteLayout[]>();
  for (const sourceFile of files.filter((file) => basename(file) === 'site.yaml').sort(compareTexts)) {
    const root = dirname(sourceFile);
    if (basename(dirname(root)) !== 'sites') continue;
    const mirrorRoot = dirname(dirname(root));
    appendTo(sites, mirrorRoot, { root, name: basename(root), sourceFile });
  }
  return sites;
}

function foldersByMirror(files: readonly string[]): Map<string, FolderLayout[]> {
  const filesByFolder = new Map<string, Set<string>>();
  for (const file of files) {
    const root = dirname(file);
    if (!basename(root).startsWith('seq') || basename(dirname(root)) !== 'content') continue;
    const names = filesByFolder.get(root) ?? new Set();
    filesByFolder.set(root, names.add(basename(file)));
  }
  const folders = new Map<string, FolderLayout[]>();
  for (const [root, names] of filesByFolder) {
    const source = sequenceFiles.find((name) => names.has(name));
    if (source === undefined) continue;
    const mirrorRoot = dirname(dirname(root));
    appendTo(folders, mirrorRoot, {
      root,
      folder: basename(root),
      sourceFile: `${root}/${source}`,
      hasConfig: names.has('imageset-config.yaml'),
      sealed: names.has('seq-metadata.yaml'),
    });
  }
  return folders;
}

function chainOf(folders: readonly FolderLayout[]): Pick<MirrorLayout, 'sequences' | 'rivals' | 'misnamed'> {
  const misnamed: FolderLayout[] = [];
  const claims = new Map<number, FolderLayout[]>();
  for (const folder of [...folders].sort(sealedFirstThenByName)) {
    const number = parseSequenceFolder(folder.folder)?.number;
    if (number === undefined) misnamed.push(folder);
    else appendTo(claims, number, folder);
  }
  const sequences: SequenceLayout[] = [];
  const rivals: SequenceLayout[] = [];
  for (const [number, [first, ...others]] of [...claims].sort(([a], [b]) => a - b)) {
    const previous = sequences.at(-1);
    sequences.push({ ...(first as FolderLayout), number, previous });
    rivals.push(...others.map((folder) => ({ ...folder, number, previous })));
  }
  return { sequences, rivals, misnamed };
}

function sealedFirstThenByName(a: FolderLayout, b: FolderLayout): number {
  return Number(b.sealed) - Number(a.sealed) || compareTexts(a.folder, b.folder);
}
