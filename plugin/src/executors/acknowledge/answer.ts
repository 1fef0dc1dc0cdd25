import { resolve } from 'node:path';
import type { Answer } from '../../api';
import { acknowledgementUnclear } from '../../bundle-format/receipt/receipt-errors';

/**
 * What a site answered, out of options of which exactly one says it.
 *
 * @param facts.cwd what the path of a receipt is relative to: where it was typed
 * @throws SEQ0623
 */
export function answerOf(
  {
    receipt,
    code,
    assume = false,
    lost,
  }: {
    receipt?: string | undefined;
    code?: string | number | undefined;
    assume?: boolean | undefined;
    lost?: string | undefined;
  },
  { project, cwd }: { project: string; cwd: string },
): Answer {
  // A shell variable that is not set gives --receipt=, which would be the folder that one is in.
  const empty = Object.entries({ receipt, code, lost }).find(
    ([, value]) => value !== undefined && (typeof value === 'boolean' || String(value).trim() === ''),
  );
  if (empty !== undefined) throw acknowledgementUnclear({ project, said: 0, empty: `--${empty[0]}` });
  const answers: Answer[] = [
    ...(receipt === undefined ? [] : [{ kind: 'receipt' as const, file: resolve(cwd, receipt) }]),
    ...(code === undefined ? [] : [{ kind: 'code' as const, code: String(code) }]),
    ...(assume ? [{ kind: 'assume' as const }] : []),
    ...(lost === undefined ? [] : [{ kind: 'lost' as const, transfer: lost }]),
  ];
  const [answer, second] = answers;
  if (answer === undefined || second !== undefined) throw acknowledgementUnclear({ project, said: answers.length });
  return answer;
}
