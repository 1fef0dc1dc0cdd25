/** What the messages of an error code say, for people who have only the code, and no network. */
import type { ErrorCode } from './error-codes';
import { errorCodes } from './error-codes';
import texts from './error-texts.json';

/** One message of a code. `<name>` stands for a value. If a part has several texts, the list contains all of them. */
export interface MessageOfCode {
  readonly what: readonly string[];
  readonly why: readonly string[];
  readonly next: readonly string[];
}

export interface ExplainedCode {
  readonly code: ErrorCode;
  readonly meaning: string;
  /** Empty for codes of YAML files: see `withoutTexts`. */
  readonly messages: readonly MessageOfCode[];
}

/** For a code without texts: one of a YAML file, whose messages depend on the line, or one that no message has. */
export function withoutTexts(code: ErrorCode): string {
  return code === 'SEQ0620'
    ? 'No message of this version of seqmirror has this code.'
    : 'Each message names the line of the file, and says what is wrong in this line.';
}

/**
 * A code as it is typed: `SEQ0239`, `seq0239`, `239`; `undefined` if there is no such code.
 */
export function explainedCode(typed: string): ExplainedCode | undefined {
  const digits = /^(?:seq)?(\d{3,4})$/i.exec(typed)?.[1];
  const code = `SEQ${digits?.padStart(4, '0')}` as ErrorCode;
  if (!Object.hasOwn(errorCodes, code)) return undefined;
  const { [code]: messages = [] } = texts as Partial<Record<ErrorCode, readonly MessageOfCode[]>>;
  return { code, meaning: errorCodes[code], messages };
}
