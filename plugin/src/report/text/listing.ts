import type { ListedSequence, SequenceListing } from '../../chain/list-sequences';
import { usuallyShown } from '../../mirror/shown-sequences';
import { formatBytes } from '../../system/byte-size';
import { renderExplanations } from '../../system/errors';
import { printable } from '../../system/printable';
import { renderTable } from './table';
import { unfinishedLines } from './unfinished-work';

/**
 * The table of `nx run mirror:list`, what is wrong below it, and what to do next.
 *
 * @param options.all whether old, sealed sequences without problems have rows too
 */
export function renderListing(listing: SequenceListing, { all = false }: { all?: boolean | undefined } = {}): string {
  const { sequences, findings, leftOvers } = listing;
  if (sequences.length === 0) {
    return [
      `${listing.mirror} has no sequences yet.`,
      ...renderExplanations(leftOvers),
      ...unfinishedLines(listing.unfinished),
      'Next: nx g seqmirror:sequence baseline --from=<imageset-config.yaml>',
    ].join('\n');
  }
  const shown = all ? sequences : sequences.filter(isShown);
  // Nearly always all are in the store, and the line is short without it.
  const isElsewhere = shown.some(({ sealed }) => sealed !== undefined && sealed.archives !== 'store');
  const table = renderTable(
    [
      { title: 'SEQ', align: 'right' },
      { title: 'NAME' },
      { title: 'STATE' },
      { title: 'IMAGES', align: 'right' },
      { title: 'ADDS', align: 'right' },
      { title: 'NEW SITE', align: 'right' },
      { title: 'NEEDS' },
      { title: 'SEALED' },
      ...(isElsewhere ? [{ title: 'ARCHIVES' }] : []),
    ],
    shown.map((sequence) => [...rowOf(sequence), ...(isElsewhere ? [sequence.sealed?.archives ?? '-'] : [])]),
  );
  const problems = renderExplanations([
    ...findings,
    ...sequences.flatMap(({ problem }) => problem ?? []),
    ...leftOvers,
  ]);
  return [
    ...foldedLines(listing, shown),
    table,
    '',
    ...problems,
    ...(problems.length === 0 ? [] : ['']),
    ...summaryOf(listing),
  ].join('\n');
}

function isShown({ state, problem }: ListedSequence, index: number, all: readonly ListedSequence[]): boolean {
  return index >= all.length - usuallyShown || state !== 'sealed' || problem !== undefined;
}

function foldedLines({ mirror, sequences }: SequenceListing, shown: readonly ListedSequence[]): string[] {
  const folded = sequences.filter((sequence) => !shown.includes(sequence)).map(({ number }) => `seq${number}`);
  return folded.length === 0 ? [] : [`${inShort(folded)}: sealed; to list them too: nx run ${mirror}:list --all`];
}

function rowOf({ number, folder, state, sealed }: ListedSequence): string[] {
  const name = printable(folder.replace(/^seq\d+-/, ''));
  if (sealed === undefined) return [String(number), name, state, '-', '-', '-', '-', '-'];
  return [
    String(number),
    name,
    state,
    String(sealed.images),
    sealed.newBlobs === 0 ? 'no blob' : formatBytes(sealed.bytes),
    formatBytes(sealed.cumulativeBytes),
    sealed.needs.length === 0 ? 'nothing' : inShort(sealed.needs),
    sealed.timestamp.slice(0, 10),
  ];
}

/** `seq1`, `seq1, seq2`, `seq1 to seq3`: longer runs are joined. */
export function inShort(names: readonly string[]): string {
  const numbers = names.map((name) => Number(name.slice('seq'.length)));
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .flatMap(([from, to]) => (to - from < 2 ? numbersBetween(from, to) : [`seq${from} to seq${to}`]))
    .join(', ');
}

function numbersBetween(from: number, to: number): string[] {
  return from === to ? [`seq${from}`] : [`seq${from}`, `seq${to}`];
}

function summaryOf({ mirror, sequences, unfinished, archiveBytes, completeArchivesBytes }: SequenceListing): string[] {
  const sealed = sequences.filter(({ state }) => state === 'sealed');
  const last = sealed.at(-1);
  const next = sequences.find(({ state }) => state === 'planned');
  const counts = (['sealed', 'mirroring', 'planned', 'foreign', 'broken'] as const)
    .map((state) => ({ state, count: sequences.filter((sequence) => sequence.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === 'sealed')
    .map(({ state, count }) => `${count} ${state}`);
  const lines = [...unfinishedLines(unfinished), `${counts.join(', ')}${totalOf(last)}`];
  if (sealed.length > 1) {
    lines.push(
      `All archives of this chain: ${formatBytes(archiveBytes)}. Without differentials: at least ${formatBytes(completeArchivesBytes)}`,
    );
  }
  if (next !== undefined) lines.push(`Next: nx run ${mirror}:seq${next.number}`);
  return lines;
}

function totalOf(last: ListedSequence | undefined): string {
  if (last?.sealed === undefined) return '';
  const needed = [...last.sealed.needs, `seq${last.number}`];
  return `; a new site needs ${formatBytes(last.sealed.cumulativeBytes)} (${inShort(needed)})`;
}
