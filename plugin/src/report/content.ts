/**
 * The content of a plan or a difference for people, shared by the terminal and the pull request, which only set it
 * differently.
 */
import type { Changes, KindChanges, Move } from '../mirror/changes/changes';
import { formatBytes } from '../system/byte-size';
import { printable } from '../system/printable';
import type { Column } from './text/table';

export interface Content {
  readonly title: string;
  /** How the answer was found. */
  readonly made: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly facts: readonly Fact[];
  /** A unified diff, printable. */
  readonly patch?: string | undefined;
  /** A command, and what to do before it. */
  readonly next?: Line | undefined;
}

export interface Fact {
  readonly name: string;
  /** A single line is set beside the name, several below it. */
  readonly lines: readonly Line[];
}

export interface Line {
  readonly text?: string | undefined;
  /** Text from a configuration, a registry or a program, or text to type: printable, and set as it is. */
  readonly quoted?: string | undefined;
}

/** Images and bytes by kind, with a sum if there are several kinds. */
export function changesTable({
  kinds,
  total,
}: {
  readonly kinds: readonly KindChanges[];
  readonly total: Changes;
}): Pick<Content, 'columns' | 'rows'> {
  const rows = kinds.map((kind) => cellsOf(kind.kind, kind));
  return {
    columns: [
      { title: 'KIND' },
      ...['NEW', 'NEW BYTES', 'SHARED', 'SHARED BYTES', 'DROPPED', 'DROPPED BYTES'].map((title): Column => ({
        title,
        align: 'right',
      })),
    ],
    rows: rows.length === 1 ? rows : [...rows, cellsOf('all', total)],
  };
}

/** Why a kind without shared images may have shared bytes. */
export function sharedBytesFact({ kinds }: { readonly kinds: readonly KindChanges[] }): Fact[] {
  const named = kinds.filter(({ shared }) => shared.images === 0 && shared.bytes > 0).map(({ kind }) => kind);
  if (named.length === 0) return [];
  const text = `new images of the kind ${named.join(' and ')} use blobs that other images have too`;
  return [{ name: 'Shared bytes without a shared image', lines: [{ text }] }];
}

function cellsOf(kind: string, { added, shared, dropped }: Changes): string[] {
  return [kind, ...[added, shared, dropped].flatMap(({ images, bytes }) => [String(images), formatBytes(bytes)])];
}

// One screen; `--json` has everything.
const mostLines = 20;

export function cutLines(lines: readonly Line[]): Line[] {
  if (lines.length <= mostLines) return [...lines];
  return [...lines.slice(0, mostLines), { text: `and ${lines.length - mostLines} more; --json lists all` }];
}

export function moveInWords({ source, from, to }: Move): string {
  return `${printable(source)} ${shortDigest(from)} → ${shortDigest(to)}`;
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
