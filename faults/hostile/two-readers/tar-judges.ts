/** Other programs that read tar, asked about whole folders of archives: a process for hundreds of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../../../plugin/src/archive/archive-index';
import { tarEntries } from '../../../plugin/src/archive/tar-entries';
import { isSeqmirrorError } from '../../../plugin/src/system/errors';
import { printable } from '../../../plugin/src/system/printable';

export interface ReadEntry {
  /** The bytes of the name, hexadecimal. */
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a program makes of an archive. `error`: why it gave up. */
export interface Verdict {
  readonly entries: readonly ReadEntry[];
  readonly error: string | null;
}

/** A program that says what is in each of the archives of a folder, in the order of their names. */
export interface TarJudge {
  readonly name: string;
  readonly verdicts: (folder: string) => readonly Verdict[];
}

const mostOutput = 512 * 1024 ** 2;

export const pythonJudge: TarJudge = {
  name: "Python's tarfile",
  verdicts: (folder) =>
    jsonLines(execFileSync('python3', [join(__dirname, 'tar_judge.py'), folder], { maxBuffer: mostOutput })),
};

/** @param program what compileGo made of tar_judge.go */
export function goJudge(program: string): TarJudge {
  return {
    name: "Go's archive/tar",
    verdicts: (folder) => jsonLines(execFileSync(program, ['read', folder], { maxBuffer: mostOutput })),
  };
}

function jsonLines(output: Buffer): Verdict[] {
  return output
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

// Names come from one listing, kinds and sizes from another, whose columns grow, and the contents one behind the other from
// the extraction.
const gnuScript = `cd "$1" && for file in *.tar; do
  tar --list --verbose --full-time --numeric-owner --utc --quoting-style=escape --file="$file" >"$file.list" 2>"$file.error" &&
  tar --list --quoting-style=escape --file="$file" >"$file.names" 2>>"$file.error" &&
  tar --extract --to-stdout --file="$file" >"$file.content" 2>>"$file.error"
  echo $? >"$file.status"
done`;

export const gnuJudge: TarJudge = {
  name: 'GNU tar',
  verdicts: (folder) => {
    execFileSync('sh', ['-c', gnuScript, '-', folder], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    return archivesIn(folder).map((file) => {
      const textOf = (ending: string): string => readFileSync(join(folder, file + ending), 'latin1');
      if (textOf('.status') !== '0\n') return { entries: [], error: textOf('.error') };
      return gnuVerdict(textOf('.list'), textOf('.names'), readFileSync(join(folder, `${file}.content`)));
    });
  },
};

function gnuVerdict(list: string, listOfNames: string, content: Buffer): Verdict {
  let at = 0;
  const names = listOfNames.split('\n').slice(0, -1);
  const entries = list
    .split('\n')
    .slice(0, -1)
    .map((line, number) => {
      const [, kind, size] = /^(.)\S+ +\S+ +([0-9,]+) /.exec(line) ?? [];
      const name = names[number];
      if (size === undefined || name === undefined || !line.includes(name))
        throw new Error(`GNU tar lists ${JSON.stringify(line)}`);
      // For a device, tar lists its numbers.
      const bytes = size.includes(',') ? 0 : Number(size);
      const isFile = kind === '-';
      const body = isFile ? content.subarray(at, (at += bytes)) : Buffer.alloc(0);
      return { name: unescaped(name), isFile, bytes, sha256: sha256Of(body) };
    });
  return { entries, error: at === content.length ? null : `it extracts ${content.length} bytes and lists ${at}` };
}

const escapes = new Map([...'abfnrtv'].map((letter, number) => [letter, '\x07\b\f\n\r\t\v'[number] as string]));

function unescaped(name: string): string {
  const text = name.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : (escapes.get(code) ?? code),
  );
  return Buffer.from(text, 'latin1').toString('hex');
}

/** The archives of a folder, in their order. */
function archivesIn(folder: string): string[] {
  return execFileSync('ls', [folder], { maxBuffer: mostOutput })
    .toString('utf8')
    .split('\n')
    .filter((name) => name.endsWith('.tar'))
    .sort();
}

/** What seqmirror makes of the same archives. */
export async function ourVerdicts(folder: string): Promise<Verdict[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tar')).sort();
  return Promise.all(names.map((name) => ourVerdict(join(folder, name))));
}

async function ourVerdict(path: string): Promise<Verdict> {
  const file = await open(path, 'r');
  try {
    const { findings } = await readArchiveIndex(path);
    const refusal = findings.find(({ severity }) => severity === 'error');
    if (refusal !== undefined) return { entries: [], error: `${refusal.what}. ${refusal.why ?? ''}` };
    const content = await readFile(path);
    const entries: ReadEntry[] = [];
    for await (const { name = '', type, offset, bytes } of tarEntries(file, {
      archive: path,
      fileBytes: content.length,
    })) {
      const sha256 = sha256Of(content.subarray(offset, offset + bytes));
      entries.push({ name: Buffer.from(name).toString('hex'), isFile: type === '0', bytes, sha256 });
    }
    return { entries, error: null };
  } catch (error) {
    if (isSeqmirrorError(error)) return { entries: [], error: error.what };
    throw error;
  } finally {
    await file.close();
  }
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** How a program reads an archive otherwise than we do, which refused nothing; `undefined` where it does not. */
export function difference(ours: Verdict, theirs: Verdict): string | undefined {
  if (ours.error !== null) return undefined;
  if (theirs.error !== null) return `refuses what we take: ${printable(theirs.error)}`;
  const [mine, yours] = [ours, theirs].map(({ entries }) => JSON.stringify(entries.map(shown)));
  return mine === yours ? undefined : `reads ${yours} where we read ${mine}`;
}

function shown({ name, isFile, bytes, sha256 }: ReadEntry): readonly unknown[] {
  return [printable(Buffer.from(name, 'hex').toString('latin1')), isFile, bytes, sha256.slice(0, 8)];
}
