import type { Examination } from '../../doctor/doctor';
import { counted } from '../../system/counted';
import { renderExplanations } from '../../system/errors';
import { printable } from '../../system/printable';
import { renderTable } from './table';

/** The output of `nx run mirror:doctor`: a line for each check, and below it what is wrong. */
export function renderExamination({ mirror, checks }: Examination): string {
  const table = renderTable(
    [{ title: 'CHECK' }, { title: 'RESULT' }, { title: 'FOUND' }],
    checks.map(({ name, result, fact }) => [name, result, printable(fact)]),
  );
  const findings = checks.flatMap((check) => check.findings);
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  return [
    table,
    ...renderExplanations(findings),
    findings.length === 0
      ? `${mirror}: no problem found`
      : `${mirror}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}`,
  ].join('\n');
}
