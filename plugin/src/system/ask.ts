import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean | undefined };
  readonly output: Writable & { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * What a person answers on one line, without spaces around it; `undefined` if there is nobody to ask (no terminal, CI,
 * `--no-interactive` of Nx) or the answer is empty.
 */
export async function ask(
  question: string,
  { input, output, env }: Terminal = { input: process.stdin, output: process.stderr, env: process.env },
): Promise<string | undefined> {
  const somebody = input.isTTY === true && output.isTTY === true && !env['CI'] && env['NX_INTERACTIVE'] !== 'false';
  if (!somebody) return undefined;
  const lines = createInterface({ input, output });
  // Ctrl-D ends the input without an answer, and readline would wait for ever.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([lines.question(`${question} `), closed]);
    return answer.trim() || undefined;
  } finally {
    lines.close();
  }
}
