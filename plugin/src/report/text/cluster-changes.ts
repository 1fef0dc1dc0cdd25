/** Lines about resources of clusters that several commands print. */
import type { ResourceChange } from '../../cluster-resources/resource-changes';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';

/** Resources that applying does not delete, each with the command that does. */
export function goneInWords(changes: readonly ResourceChange[], folder: string): string[] {
  const gone = changes.filter(({ change }) => change === 'gone');
  if (gone.length === 0) return [];
  return [
    `Not in ${folder} any more. If no cluster needs ${gone.length === 1 ? 'it' : 'them'}, delete ${gone.length === 1 ? 'it' : 'them'} by hand:`,
    ...gone.map(
      ({ kind, name, namespace }) =>
        `  oc delete ${kind.toLowerCase()} ${shellWord(printable(name))}${namespace === undefined ? '' : ` -n ${shellWord(printable(namespace))}`}`,
    ),
  ];
}

export function missingSignaturesInWords(tags: readonly string[]): string[] {
  return tags.map(
    (release) => `The signature of release ${printable(release)} is missing: no archive with it is on this machine`,
  );
}
