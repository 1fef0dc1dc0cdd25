/**
 * chain.lock: one line per sealed sequence, in the order of the numbers. A line with `void` is the tombstone of a
 * sequence that was sealed and then made void; its number may be sealed again, on a later line. Tombstones of numbers
 * that were not sealed again are the last lines.
 *
 * 1 seq1-baseline sha256:6b86…
 * 2 seq2-add-logging sha256:d473… void
 * 2 seq2-add-logging sha256:4e07…
 */
import type { Finding } from '../system/errors';
import { mergeConflict, textRefused } from '../yaml/errors';
import { lockLineRefused, lockNotConsecutive, linesClaimNumber } from './errors';
import { parseSequenceFolder } from './folder';
import { Seal } from './seal';

export interface ChainEntry {
  readonly number: number;
  readonly folder: string;
  readonly seal: Seal;
  readonly state: 'sealed' | 'void';
}

export interface ChainLock {
  readonly entries: readonly ChainEntry[];
}

const head = [
  '# One line a sealed sequence: number, folder, seal. Written by seqmirror, kept in Git, not for editing.',
  '# In a merge conflict keep the lines of the branch that was merged first, and renumber the sequences of the other.',
].join('\n');
const maxCharacters = 16 * 1024 ** 2;
const linePattern = /^(\d{1,6}) (\S+) (\S+)( void)?$/;

interface PlacedEntry extends ChainEntry {
  readonly line: number;
}

/**
 * Reads chain.lock. Whatever is wrong is a finding. Every readable line is in `lock`, also those of both sides of a
 * merge conflict: enough to list, not to seal.
 *
 * @param options.mirror the Nx project, for the commands in messages
 */
export function parseChainLock(
  text: string,
  file: string,
  { mirror = '<mirror>' }: { mirror?: string | undefined } = {},
): { readonly lock: ChainLock; readonly findings: readonly Finding[] } {
  if (text.length > maxCharacters) {
    const what = `this file has ${text.length} characters; seqmirror reads at most ${maxCharacters}`;
    return { lock: { entries: [] }, findings: [textRefused({ code: 'SEQ0211', at: { file }, what })] };
  }
  const { entries, refused, conflicts } = readLines(text, file);
  const findings = [
    ...refused,
    ...conflicts.map(({ line, contested }) => conflictFinding({ file, line, contested, mirror })),
    ...(conflicts.length > 0 || refused.length > 0 ? [] : orderFindings(entries, { file, mirror })),
  ];
  return { lock: { entries: entries.map(({ line: _, ...entry }) => entry) }, findings };
}

/**
 * chain.lock with its head comment, sorted by number; for each number the tombstones come first.
 *
 * @param options.mirror the mirror's id, for a chain.lock that is signed: it says what the signature is for
 */
export function renderChainLock({ entries }: ChainLock, { mirror }: { mirror?: string | undefined } = {}): string {
  const rank = ({ state }: ChainEntry) => (state === 'void' ? 0 : 1);
  const lines = [...entries]
    .sort((a, b) => a.number - b.number || rank(a) - rank(b))
    .map(({ number, folder, seal, state }) => `${number} ${folder} ${seal}${state === 'void' ? ' void' : ''}`);
  const statement = mirror === undefined ? [] : [chainStatement({ entries }, mirror)];
  return `${[head, ...statement, ...lines].join('\n')}\n`;
}

const statementMark = '# purpose=';

/** What a signature over chain.lock is for: `# purpose=chain mirror=platform head=seq5 head_number=5 seal=sha256:…`. */
function chainStatement(lock: ChainLock, mirror: string): string {
  const { number = 0, seal = 'none' } = headOf(lock) ?? {};
  return `${statementMark}chain mirror=${mirror} head=seq${number} head_number=${number} seal=${seal}`;
}

/**
 * Whether the text of a chain.lock names this mirror and this head. `none`: it names neither, as in earlier versions. A
 * file with two statements is not believed.
 */
export function chainStates(text: string, lock: ChainLock, mirror: string): 'this' | 'another' | 'none' {
  const found = text.split(/\r?\n/).filter((line) => line.trimStart().startsWith(statementMark));
  if (found.length === 0) return 'none';
  return found.length === 1 && found[0] === chainStatement(lock, mirror) ? 'this' : 'another';
}

/** The sealed sequence of a number; tombstones don't count. */
export function sealedEntry({ entries }: ChainLock, number: number): ChainEntry | undefined {
  return entries.find((entry) => entry.number === number && entry.state === 'sealed');
}

/** The lines of sealed sequences, without tombstones. */
export function sealedEntries({ entries }: ChainLock): ChainEntry[] {
  return entries.filter(({ state }) => state === 'sealed');
}

/** The last sealed sequence. */
export function headOf(lock: ChainLock): ChainEntry | undefined {
  return sealedEntries(lock).reduce<ChainEntry | undefined>(
    (latest, entry) => (latest === undefined || entry.number > latest.number ? entry : latest),
    undefined,
  );
}

interface Conflict {
  readonly line: number;
  readonly contested: PlacedEntry[];
}

// Both sides of a conflict are read, but not the common ancestor that `diff3` style shows between them.
function readLines(text: string, file: string) {
  const entries: PlacedEntry[] = [];
  const refused: Finding[] = [];
  const conflicts: Conflict[] = [];
  let side: 'none' | 'ours' | 'ancestor' | 'theirs' = 'none';
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (/^<{7}( |$)/.test(content)) {
      side = 'ours';
      conflicts.push({ line, contested: [] });
    } else if (side === 'ours' && /^\|{7}( |$)/.test(content)) side = 'ancestor';
    else if ((side === 'ours' || side === 'ancestor') && /^={7}$/.test(content)) side = 'theirs';
    else if (side === 'theirs' && /^>{7}( |$)/.test(content)) side = 'none';
    else if (content !== '' && !content.startsWith('#') && side !== 'ancestor') {
      const entry = parseEntry(content);
      if (entry === undefined) refused.push(lockLineRefused({ at: { file, line }, line: content }));
      else {
        entries.push({ ...entry, line });
        if (side !== 'none') conflicts.at(-1)?.contested.push({ ...entry, line });
      }
    }
  }
  return { entries, refused, conflicts };
}

function parseEntry(content: string): ChainEntry | undefined {
  const [, number, folder, seal, gone] = linePattern.exec(content) ?? [];
  if (number === undefined || folder === undefined) return undefined;
  const checked = Seal.safeParse(seal);
  if (!checked.success || parseSequenceFolder(folder)?.number !== Number(number)) return undefined;
  return { number: Number(number), folder, seal: checked.data, state: gone === undefined ? 'sealed' : 'void' };
}

function conflictFinding({
  file,
  line,
  contested,
  mirror,
}: {
  file: string;
  line: number;
  contested: readonly PlacedEntry[];
  mirror: string;
}): Finding {
  return mergeConflict({
    at: { file, line },
    details: contested.map((entry) => `line ${entry.line}: ${entry.folder} ${entry.seal}`),
    next: `Keep the lines of the branch that was merged first. Delete the other lines and the conflict marks. Then, for each sequence that lost its line, run \`nx run ${mirror}:renumber --folder=<its folder>\``,
  });
}

/**
 * Sealed sequences follow one another without gaps. A tombstone takes no sequence's place; it stands for a number that
 * was reached once. So behind the last sealed sequence there are as many as were made void one after the other.
 */
function orderFindings(entries: readonly PlacedEntry[], { file, mirror }: { file: string; mirror: string }): Finding[] {
  const findings: Finding[] = [];
  const sealed = new Map<number, PlacedEntry>();
  let last = 0;
  let reached = 0;
  for (const entry of entries) {
    const { number, state } = entry;
    const at = { file, line: entry.line };
    const first = sealed.get(number);
    if (first !== undefined && state === 'sealed') {
      findings.push(linesClaimNumber({ at, number, folders: [first.folder, entry.folder], mirror }));
      continue;
    }
    const follows = state === 'sealed' ? number === last + 1 : number <= reached + 1;
    if (!follows) findings.push(lockNotConsecutive({ at, found: number, expected: last + 1 }));
    if (state === 'sealed') {
      sealed.set(number, entry);
      last = number;
    }
    reached = Math.max(reached, number);
  }
  return findings;
}
