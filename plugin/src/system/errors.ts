/**
 * The three kinds of errors.
 *
 * Finding: something that was checked is wrong. All findings are returned, never thrown. SeqmirrorError: we cannot go
 * on. Thrown, made by a named function in the folder's `errors.ts`. Bug: `impossible()`, an error of ours.
 */
import { appendTo } from './append-to';
import type { ErrorCode } from './error-codes';
import { printable } from './printable';

/** The parts of a message: what happened, why, and what to do next. */
export interface Explanation {
  readonly code: ErrorCode;
  /** What happened, on one line, with names, digests or positions, and the found and expected values. */
  readonly what: string;
  /** The cause or the consequence, in one sentence. */
  readonly why?: string | undefined;
  /** What to do: a command to copy, or a question that leads to the cause. */
  readonly next?: string | undefined;
  /** The file, the line and the column. The first line and column are 1. */
  readonly at?: Position | undefined;
  /** More facts, one per line: complete digests, failed images, other findings. */
  readonly details?: readonly string[] | undefined;
  /** The other findings of the same check, each with its own `next`. */
  readonly others?: readonly Explanation[] | undefined;
}

export interface Position {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A problem that a check found: an `error`, or a `warning`. */
export interface Finding extends Explanation {
  readonly severity: 'error' | 'warning';
}

// Two copies of this package may meet in one process, so errors are recognised by a symbol, not by their class.
const brand = Symbol.for('seqmirror.error');

/** An end of the work that a person can act on. */
export class SeqmirrorError extends Error implements Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
  readonly at?: Position;
  readonly details?: readonly string[];
  readonly others?: readonly Explanation[];
  readonly [brand] = true;

  constructor(explanation: Explanation, options: { cause?: unknown } = {}) {
    super(`${explanation.code} ${explanation.what}`, options);
    this.name = 'SeqmirrorError';
    this.code = explanation.code;
    this.what = explanation.what;
    if (explanation.why !== undefined) this.why = explanation.why;
    if (explanation.next !== undefined) this.next = explanation.next;
    if (explanation.at !== undefined) this.at = explanation.at;
    if (explanation.details !== undefined) this.details = explanation.details;
    if (explanation.others !== undefined) this.others = explanation.others;
  }
}

/** The texts of one code, in a room's `errors.ts`: a table to skim. */
type Words = Omit<Explanation, 'code'>;

/**
 * Makes a function that makes the error of a code from facts. docs/errors.md shows its texts.
 *
 * @param words `cause`: the error that led to this one
 */
export function explain<Facts = void>(
  code: ErrorCode,
  words: (facts: Facts) => Words & { readonly cause?: unknown },
): (facts: Facts) => SeqmirrorError {
  return (facts) => {
    const { cause, ...explanation } = words(facts);
    return new SeqmirrorError({ code, ...explanation }, cause === undefined ? {} : { cause });
  };
}

/** Makes a function that makes the finding of a code, for something that is wrong. */
export function finding<Facts = void>(code: ErrorCode, words: (facts: Facts) => Words): (facts: Facts) => Finding {
  return (facts) => ({ severity: 'error', code, ...words(facts) });
}

/** The same for something that deserves a look. */
export function warning<Facts = void>(code: ErrorCode, words: (facts: Facts) => Words): (facts: Facts) => Finding {
  return (facts) => ({ severity: 'warning', code, ...words(facts) });
}

/**
 * Whether an error is one that a person can act on: it has `code`, `what`, `why` and `next`.
 *
 * @example
 * ```ts
 * try {
 *   await listSequences(location);
 * } catch (error) {
 *   if (isSeqmirrorError(error)) console.error(error.code, error.what, error.next);
 * }
 * ```
 */
export function isSeqmirrorError(error: unknown): error is SeqmirrorError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** The error that ended one part of the work, as a finding of the whole. */
export function findingOf({ code, what, why, next, at, details, others }: SeqmirrorError): Finding {
  return {
    severity: 'error',
    code,
    what,
    why,
    next,
    at,
    details,
    others,
  };
}

/**
 * The error of a check: its first finding, with all others. There must be at least one finding.
 *
 * @param usual.next advice for findings without their own
 */
export function errorOfFindings(findings: readonly Explanation[], { next }: { next?: string } = {}): SeqmirrorError {
  const [first, ...others] = findings.map((finding) => ({ ...finding, next: finding.next ?? next }));
  if (first === undefined) throw impossible('an error of no finding');
  return new SeqmirrorError(others.length === 0 ? first : { ...first, others });
}

/** A state that the code excludes. It is our bug, and is printed as such. */
export function impossible(what: string): Error {
  return new Error(`This cannot happen, and did: ${what}`);
}

/** `file:line:column`, as editors and terminals understand it. */
export function renderPosition({ file, line, column }: Position): string {
  return [printable(file), line, column].filter((part) => part !== undefined).join(':');
}

/**
 * The message as people read it: code and what, then details, why and next on lines of their own; then other findings
 * in the same way, indented. A reason that was given above is not repeated, and advice for all is given once, at the end.
 */
export function renderExplanation(explanation: Explanation): string {
  const { next, others = [] } = explanation;
  const isForAll = others.length > 0 && others.every((other) => other.next === next);
  const [first, ...shown] = withReasonsOnce([explanation, ...others.slice(0, mostDetails)]).map((each) =>
    renderAlone(isForAll ? { ...each, next: undefined } : each),
  );
  return [
    first,
    ...shown.map((text) => text.replace(/^/gm, '  ')),
    ...(others.length > mostDetails ? [`  and ${others.length - mostDetails} more`] : []),
    ...(isForAll ? adviceLines(next) : []),
  ].join('\n');
}

/** Findings one below the other. Those with the same advice stand together, and it is given once, below the last. */
export function renderExplanations(explanations: readonly Explanation[]): string[] {
  const groups = new Map<string | undefined, Explanation[]>();
  for (const each of withReasonsOnce(explanations)) appendTo(groups, each.next, each);
  return [...groups.values()].flatMap((group) =>
    group.map((each, index) =>
      renderExplanation(index < group.length - 1 && each.others === undefined ? { ...each, next: undefined } : each),
    ),
  );
}

function withReasonsOnce(explanations: readonly Explanation[]): Explanation[] {
  const reasons = explanations.map(({ why }) => why);
  return explanations.map((each, index) => (reasons.indexOf(each.why) < index ? { ...each, why: undefined } : each));
}

/**
 * The message that ends a command: the same, and below it where more is said about its code.
 *
 * @param program the command that explains a code: `npx seqmirror explain`
 */
export function renderError(explanation: Explanation, program = 'npx seqmirror explain'): string {
  return `${renderExplanation(explanation)}\n  More:  ${program} ${explanation.code}`;
}

function renderAlone(explanation: Explanation): string {
  const { code, what, why, next, at, details = [] } = explanation;
  const where = at === undefined ? '' : `${renderPosition(at)}: `;
  return [
    `${code} ${where}${what}`,
    ...details.flatMap((detail) => detail.split('\n').map((line) => `  ${line}`)),
    ...(why === undefined ? [] : [`  Why:   ${why}`]),
    ...adviceLines(next),
  ].join('\n');
}

function adviceLines(next: string | undefined): string[] {
  return next === undefined ? [] : [`  Next:  ${next}`];
}

/** The place and the fact on one line, for the details of another message. */
export function renderPlacedFact({ at, what }: Pick<Explanation, 'at' | 'what'>): string {
  return at === undefined ? what : `${renderPosition(at)}: ${what}`;
}

/** Findings sorted by line and column. */
export function inOrderOfTheFile(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

/** The system's name for an error (`ENOSPC`, `ECONNREFUSED`, …), also searched in the causes. */
export function systemErrorCode(error: unknown): string | undefined {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return code;
  }
  return undefined;
}

/** Why a file cannot be read, for a message that names the file: the system's word, or our own. */
export function reasonOf(error: unknown): string {
  return systemErrorCode(error) ?? (isSeqmirrorError(error) ? error.what : 'unknown reason');
}

const mostDetails = 20;

/** The first details, and how many more there are. */
export function cutDetails(details: readonly string[]): string[] {
  if (details.length <= mostDetails) return [...details];
  return [...details.slice(0, mostDetails), `and ${details.length - mostDetails} more`];
}
