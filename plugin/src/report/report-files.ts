/** The files of a report, by path below its folder; index.html is the last, so that its links always lead somewhere. */
import type { SequenceContent } from '../reporting/sequence-contents';
import { sequenceBom } from './cyclonedx/sequence-bom';
import { mirrorPage } from './html/mirror-page';
import { transferPage } from './html/transfer-page';
import { sequenceStatement } from './in-toto/statement';
import { jsonDocument } from './json/document';
import { reportInMarkdown } from './markdown/mirror-report';
import type { MirrorReport, ReportedTransfer } from './mirror-report';
import { sequencesBehind, transferReport } from './transfer-report';

/** The parts of a report that have files of their own. */
export interface ReportParts {
  /** Numbers of sequences whose documents are made. */
  readonly sequences: readonly number[];
  readonly transfers: readonly ReportedTransfer[];
}

/** All parts, or the last sequence and the last transfer. */
export function partsOf({ sequences, transfers }: MirrorReport, which: 'all' | 'newest'): ReportParts {
  const chosen = <T>(items: readonly T[]): readonly T[] => (which === 'all' ? items : items.slice(-1));
  return { sequences: chosen(sequences).map(({ number }) => number), transfers: chosen(transfers) };
}

/** Numbers of the sequences whose contents these parts need. */
export function contentsFor({ sequences, transfers }: ReportParts): number[] {
  return [...new Set([...sequences, ...transfers.flatMap(sequencesBehind)])];
}

export function* reportFiles(
  report: MirrorReport,
  { sequences, transfers }: ReportParts,
  contents: readonly SequenceContent[],
): Iterable<{ readonly path: string; readonly text: string }> {
  const byNumber = new Map(contents.map((content) => [content.number, content]));
  // Only those that pages hold are kept: together, those of a long chain are larger than the memory that we take.
  const heads = new Set(transfers.map(({ head }) => head.number));
  const boms = new Map<number, string>();
  const bomOf = (number: number): string => {
    const [sequence, content] = [report.sequences[number - 1], byNumber.get(number)];
    const made = boms.get(number) ?? (sequence && content && sequenceBom(sequence, content, report)) ?? '';
    if (heads.has(number)) boms.set(number, made);
    return made;
  };
  for (const number of sequences) {
    const [sequence, content] = [report.sequences[number - 1], byNumber.get(number)];
    if (sequence === undefined || content === undefined) continue;
    yield { path: `sequences/${bomName(sequence.folder)}`, text: bomOf(number) };
    const statement = sequenceStatement(sequence, content, report);
    yield { path: `sequences/${sequence.folder}.intoto.json`, text: statement };
  }
  const pages = new Map<string, string>();
  for (const transfer of transfers) {
    const found = transferReport(transfer, { report, contents: byNumber });
    if (found === undefined) continue;
    const path = `transfers/${transfer.id}.html`;
    pages.set(transfer.id, path);
    const sbom = { name: bomName(found.head.folder), text: bomOf(found.head.number) };
    yield { path, text: transferPage(found, { report, sbom }) };
  }
  yield { path: 'report.json', text: `${jsonDocument('report', report)}\n` };
  yield { path: 'report.md', text: reportInMarkdown(report) };
  yield { path: 'index.html', text: mirrorPage(report, pages) };
}

function bomName(folder: string): string {
  return `${folder}.cdx.json`;
}
