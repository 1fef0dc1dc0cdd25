import { formatBytes } from '../../system/byte-size';
import { printable } from '../../system/printable';
import type { MirrorReport, ReportedSequence, ReportedSite, ReportedTransfer } from '../mirror-report';
import {
  changesInWords,
  counted,
  custodyInWords,
  lagInWords,
  newsLists,
  percentOf,
  proveCommand,
  reportIsFromRecords,
  signatureInWords,
  stateInWords,
  typeInWords,
} from '../report-words';
import { asCode } from './content';

/** `report.md`: the report for a page in the repository or a comment. Texts of others are set as code. */
export function reportInMarkdown(report: MirrorReport): string {
  const { mirror, sequences, sites, transfers, recordsUpTo, totals } = report;
  const upTo = recordsUpTo === undefined ? '' : `, records up to ${recordsUpTo}`;
  return [
    `# Report on ${code(mirror)}`,
    '',
    `${counted(sequences.length, 'sealed sequence')}, ${counted(sites.length, 'site')}${upTo}`,
    '',
    `- Archives of the chain: ${formatBytes(totals.archiveBytes)}`,
    `- Saved against complete archives: ${formatBytes(totals.savedBytes)}, ${percentOf(totals.savedBytes, totals.completeArchivesBytes)} of ${formatBytes(totals.completeArchivesBytes)}`,
    `- A new site needs: ${formatBytes(totals.newSiteBytes)}`,
    `- Sites with the newest sequence: ${totals.sitesUpToDate} of ${sites.length}`,
    '',
    '## Sites',
    '',
    ...tableOf(['Site', 'Has', 'How it is known', 'Lacks', 'On its way'], sites.map(siteRow)),
    '',
    '## Sequences',
    '',
    ...tableOf(
      ['Sequence', 'Sealed (UTC)', 'Archives', 'Complete', 'Type', 'Images', 'Custody'],
      newestFirst(sequences).map(sequenceRow),
    ),
    '',
    ...newestFirst(sequences).flatMap(newsOf),
    '## Transfers',
    '',
    ...tableOf(['Transfer', 'For', 'Head', 'Bytes', 'Made (UTC)', 'State'], newestFirst(transfers).map(transferRow)),
    '',
    '## Proof',
    '',
    ...(report.signatures.length === 0
      ? ['- Signatures of chain.lock: not recorded']
      : report.signatures.map((signature) => `- ${code(signatureInWords(signature))}`)),
    ...newestFirst(sequences).map(({ folder, seal }) => `- ${code(folder)}: ${code(seal)}`),
    '',
    reportIsFromRecords,
    '',
    `To prove archives and signatures: ${code(proveCommand(report))}`,
    '',
  ].join('\n');
}

function siteRow(site: ReportedSite): string[] {
  const { head, onTheWay } = site;
  return [
    code(site.site),
    head === undefined ? 'nothing' : `seq${head.number}, since ${head.at}`,
    head?.confidence ?? '-',
    lagInWords(site, formatBytes),
    onTheWay.length === 0 ? '-' : onTheWay.map(({ id, head: its }) => `${id} with seq${its}`).join(', '),
  ];
}

function sequenceRow(sequence: ReportedSequence): string[] {
  return [
    code(sequence.folder),
    sequence.timestamp,
    formatBytes(sequence.bytes),
    formatBytes(sequence.completeBytes),
    code(typeInWords(sequence)),
    String(sequence.images),
    custodyInWords(sequence.custody),
  ];
}

function newsOf(sequence: ReportedSequence): string[] {
  const lists = newsLists(sequence);
  if (lists.length === 0) return [];
  return [
    `### New in ${code(sequence.folder)}: ${changesInWords(sequence)}`,
    '',
    ...lists.flatMap(({ title, items }) => [`- ${title}`, ...items.map((item) => `  - ${code(item)}`)]),
    '',
  ];
}

function transferRow({ id, states, head, bytes, made }: ReportedTransfer): string[] {
  return [
    id,
    states.map(({ site }) => code(site)).join(', '),
    code(head.folder),
    formatBytes(bytes),
    made,
    states.map(({ site, state }) => `${code(site)} ${stateInWords[state]}`).join(', '),
  ];
}

function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['None.'];
  // In a table, a bar ends the cell inside of code too.
  const rowOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [rowOf(titles), rowOf(titles.map(() => '---')), ...rows.map(rowOf)];
}

function code(text: string): string {
  return asCode(printable(text, { limit: 2000 }));
}

function newestFirst<T>(items: readonly T[]): T[] {
  return [...items].reverse();
}
