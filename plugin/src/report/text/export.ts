import type { ExportOutcome } from '../../export/export-resources';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { missingSignaturesInWords } from './cluster-changes';

const mostListed = 10;

/** The output of `nx run mirror:export`. */
export function renderExport(outcome: ExportOutcome): string {
  const { done, folder, sites, leftOut, withoutSignature, written, removed, unchanged } = outcome;
  const shown = printable(folder);
  const changes = [...written.map((file) => `  + ${file}`), ...removed.map((file) => `  - ${file}`)];
  const more = changes.length - mostListed;
  return [
    ...sites.map(({ site, folder: sequence, registry }) => `${site}: ${sequence} at ${printable(registry)}`),
    ...leftOut.map(({ site, why }) => `${site}: left out, since ${why}`),
    ...missingSignaturesInWords(withoutSignature),
    changes.length === 0
      ? `${shown}: all ${counted(unchanged, 'file')} are up to date`
      : `${shown}: ${counted(written.length, 'file')} ${done ? 'written' : 'to write'}, ${removed.length} ${done ? 'removed' : 'to remove'}, ${unchanged} unchanged${done ? '' : ' (dry run)'}`,
    ...changes.slice(0, mostListed),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(changes.length > 0 && done ? [`Next: look at the changes in ${shown} and commit them`] : []),
  ].join('\n');
}
