const sequenceLine = /^\s*(?:- )?sequence:\s*([1-9]\d{0,5})\s*(?:#.*)?$/gm;

/**
 * The number of the last sequence that a ledger's text speaks of; `undefined` where it speaks of none. Read by lines,
 * not as YAML, for the graph: what is wrong elsewhere in the file is for the targets of the site to explain.
 */
export function headInLedgerText(text: string): number | undefined {
  const numbers = [...text.matchAll(sequenceLine)].map(([, number]) => Number(number));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
