import { formatBytes } from '../../system/byte-size';
import { printable } from '../../system/printable';
import type { MirrorReport } from '../mirror-report';
import { counted, percentOf } from '../report-words';

/** What `report` wrote, and the report. */
export interface ReportOutcome {
  readonly report: MirrorReport;
  /** The folder, as people know it. */
  readonly folder: string;
  /** Paths below the folder. */
  readonly files: readonly string[];
}

/** The output of `nx run mirror:report`. */
export function renderReport({ report, folder, files }: ReportOutcome): string {
  const { mirror, sequences, sites, totals } = report;
  const transfers = files.flatMap((file) => /^transfers\/(.+)\.html$/.exec(file)?.[1] ?? []);
  return [
    `${mirror}: ${counted(sequences.length, 'sealed sequence')}, ${formatBytes(totals.archiveBytes)} of archives, ${percentOf(totals.savedBytes, totals.completeArchivesBytes)} less than complete archives`,
    `Sites with the newest sequence: ${totals.sitesUpToDate} of ${sites.length}`,
    `Written: ${counted(files.length, 'file')}; pages of transfers: ${transfersInWords(transfers)}`,
    `Next: open ${printable(`${folder}/index.html`, { limit: 1000 })} in a browser`,
  ].join('\n');
}

function transfersInWords(ids: readonly string[]): string {
  const last = ids.at(-1);
  if (last === undefined) return 'none, since no transfer is recorded';
  return ids.length <= 3 ? ids.join(', ') : `${ids[0]} to ${last}`;
}
