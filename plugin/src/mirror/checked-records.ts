/**
 * The index of what was made of records: `<data>/checked/<place>`, one file for each account and folder of a mirror. Each
 * line has what was asked, the states of the files that were read for it, and the answer. While their states are the
 * same, the files are not read again.
 *
 * An answer depends on nothing but the files that it names and the version of seqmirror, so it is never out of date: it
 * is only about other files. The index is worth nothing to others: it carries a MAC by the operator's key. If it is
 * missing, cut, somebody else's or of another version, everything is read, and it is written again. If two runs write it,
 * the last one wins.
 */
import { realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { removeFile } from '../system/change-folder';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { fileStates } from '../system/file-state';
import { namesIn } from '../system/files';
import { readOwnText, writeOwnText } from '../system/own-note';
import type { OwnPlace } from '../system/own-note';
import { seqmirrorVersion } from '../system/package-version';
import { ensureNoLinkBelow, entryAt } from '../system/path-below';
import { sha256Of } from '../system/sha256';
import { inData } from './data-directory';
import type { ChainRecords, Mirror } from './mirror';
import { inTree, sequencePath } from './mirror';
import { recordNames, uploadNames } from './records';

export interface Question {
  /** What is asked; One line, without tabs. */
  readonly what: string;
  /** The folder that it is about, an absolute path; when that is gone, so is the answer. */
  readonly folder: string;
  /** The files there that are read for the answer, which may be missing. */
  readonly names: readonly string[];
  /** What else the answer depends on, besides the files. */
  readonly given?: string | undefined;
  /** What the answer builds on: an earlier answer of this run, whose files count too. */
  readonly after?: Answer<unknown> | undefined;
}

export interface Answer<T> {
  /** What was answered when the files were what they are now. */
  readonly known: T | undefined;
  /** Keeps what is found now, after the question was asked. A value that JSON can have. */
  note(value: T): void;
  /** Stands for the states of all files; `undefined` where these say nothing. */
  readonly state: string | undefined;
  /** Bytes of all files. */
  readonly bytes: number;
}

export interface CheckedRecords {
  ask<T>(question: Question): Answer<T>;
  /** What is known, or else found now. */
  answerTo<T>(question: Question, find: () => Promise<T>): Promise<T>;
  /** Writes what is new, for later runs. If it can't be written, they only take longer. */
  keep(): Promise<void>;
}

/** For those who read everything each time. */
export const nothingChecked: CheckedRecords = {
  ask: () => ({ known: undefined, note: () => undefined, state: undefined, bytes: 0 }),
  answerTo: (_question, find) => find(),
  keep: () => Promise.resolve(),
};

export type RecordKey = keyof typeof recordNames | keyof typeof uploadNames;

/** A question about files of one sequence. */
export function questionAbout(
  mirror: ChainRecords,
  sequence: string,
  { what, names }: { readonly what: string; readonly names: readonly RecordKey[] },
): Question {
  const nameOf = { ...recordNames, ...uploadNames };
  return { what, folder: sequencePath(mirror, sequence), names: names.map((name) => nameOf[name]) };
}

/** A larger index isn't written. Chains of hundreds of sequences have some MB. */
const largestIndex = 64 * 1024 ** 2;
/** Less than this is read faster than it would be looked up, or nearly so: no index is written for it. */
const fewestBytes = 512 * 1024;
/** How many places have an index; the work trees of one mirror share its data directory. */
const mostPlaces = 8;
const folderName = 'checked';

interface Line {
  readonly state: string;
  /** As JSON. */
  readonly value: string;
}

export async function openCheckedRecords(mirror: Mirror): Promise<CheckedRecords> {
  const place = await placeOf(mirror);
  const lines = await linesIn(place);
  let newBytes = 0;
  const folders = new Map<string, string | undefined>();
  const nameOf = (folder: string): string | undefined => {
    if (!folders.has(folder)) folders.set(folder, placeBelow(mirror, folder));
    return folders.get(folder);
  };
  const ask = <T>({ what, folder, names, given = '', after }: Question): Answer<T> => {
    const about = nameOf(folder);
    const canBeKnown = about !== undefined && !(after !== undefined && after.state === undefined);
    const states = canBeKnown ? fileStates(folder, names) : undefined;
    if (states === undefined) return nothingChecked.ask<T>({ what, folder, names });
    const seen = names.map((name, index) => `${name} ${states[index]?.text ?? ''}`);
    const state = sha256Of([after?.state ?? '', given, ...seen].join('\n'));
    const bytes = states.reduce((sum, each) => sum + each.bytes, after?.bytes ?? 0);
    const key = `${about}\t${what}`;
    const line = lines.get(key);
    return {
      known: line?.state === state ? (JSON.parse(line.value) as T) : undefined,
      note: (value) => {
        lines.set(key, { state, value: JSON.stringify(value) });
        newBytes += bytes;
      },
      state,
      bytes,
    };
  };
  return {
    ask,
    answerTo: async <T>(question: Question, find: () => Promise<T>): Promise<T> => {
      const { known, note } = ask<T>(question);
      if (known !== undefined) return known;
      const found = await find();
      note(found);
      return found;
    },
    keep: async () => {
      if (newBytes < fewestBytes) return;
      newBytes = 0;
      try {
        await write(mirror, place, lines);
      } catch (error) {
        // A full or read-only disk, or a key that cannot be used, which those who need one report.
        if (!isSeqmirrorError(error) && systemErrorCode(error) === undefined) throw error;
      }
    },
  };
}

/** Its path below the mirror's folder; `undefined` where a link is on the way, and for a name that no line can have. */
function placeBelow(mirror: Mirror, folder: string): string | undefined {
  try {
    ensureNoLinkBelow(inTree(mirror, join(folder, 'file')));
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
  const about = relative(mirror.root, folder).split(sep).join('/');
  return /[\t\n]/.test(about) ? undefined : about;
}

async function placeOf({ root, data }: Mirror): Promise<OwnPlace> {
  const account = process.geteuid?.() ?? 0;
  const where = await realpath(root);
  return {
    file: inData(data, join(data.root, folderName, sha256Of(`${account} ${where}`).slice(0, 16))),
    keyFile: data.keyFile,
    purpose: `seqmirror checked records 1, by ${seqmirrorVersion()}, of ${JSON.stringify(where)}`,
  };
}

async function linesIn(place: OwnPlace): Promise<Map<string, Line>> {
  const lines = new Map<string, Line>();
  for (const line of (await readIndex(place)).split('\n')) {
    const [about, what, state, value] = line.split('\t');
    if (state !== undefined && value !== undefined) lines.set(`${about}\t${what}`, { state, value });
  }
  return lines;
}

async function readIndex(place: OwnPlace): Promise<string> {
  try {
    return (await readOwnText(place, { limit: largestIndex })) ?? '';
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return '';
  }
}

async function write(mirror: Mirror, place: OwnPlace, lines: ReadonlyMap<string, Line>): Promise<void> {
  const folders = new Map<string, boolean>();
  const isThere = (folder: string): boolean => {
    const found = folders.get(folder) ?? entryAt(join(mirror.root, folder)) !== undefined;
    folders.set(folder, found);
    return found;
  };
  const kept = [...lines].filter(([key]) => isThere(key.slice(0, key.indexOf('\t'))));
  const text = kept.map(([key, { state, value }]) => `${key}\t${state}\t${value}\n`).join('');
  if (text.length > largestIndex / 4) return removeFile(place.file);
  await writeOwnText(place, text);
  await removeOthers(mirror, place);
}

/** Removes the indexes of places that were not asked about for longest. */
async function removeOthers({ data }: Mirror, { file }: OwnPlace): Promise<void> {
  const folder = join(data.root, folderName);
  const ages = (await namesIn(folder))
    .map((name) => join(folder, name))
    .filter((path) => path !== file.path)
    .map((path) => ({ path, changed: entryAt(path)?.mtimeMs ?? 0 }))
    .sort((one, other) => other.changed - one.changed);
  for (const { path } of ages.slice(mostPlaces - 1)) await removeFile(inData(data, path));
}
