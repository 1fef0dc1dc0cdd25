const sequenceLine = /^\s*(?:- )?sequence:\s*([1-9]\d{0,5})\s*(?:#.*)?$/gm;

/**
 * The number of the last sequence in a ledger's text; `undefined` if it has none. For the graph, it reads lines instead
 * of YAML: the targets of the site explain what else is wrong in the file.
 */
export function headInLedgerText(text: string): number | undefined {
  // Below this key stand sequences that the site has no more.
  const [acknowledged = ''] = text.split(/^cleaned:/m);
  const numbers = [...acknowledged.matchAll(sequenceLine)].map(([, number]) => Number(number));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
