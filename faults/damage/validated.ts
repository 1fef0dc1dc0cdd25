import type { Finding } from '../../plugin/src/system/errors';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import type { Depth, SequenceVerdict, Validation } from '../../plugin/src/validation/validation';
import type { SealedMirror } from './sealed-mirror';

/** Validates a mirror, one sequence of it, or a copy of it elsewhere. */
export function validated(
  { location }: Pick<SealedMirror, 'location'>,
  options: { depth?: Depth; folder?: string; path?: string } = {},
): Promise<Validation> {
  return validate({
    location,
    depth: 'deep',
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date(),
    ...options,
  });
}

export function verdictOf({ sequences }: Validation, folder: string): SequenceVerdict {
  const verdict = sequences.find(({ name }) => name === folder);
  if (verdict === undefined) throw new Error(`nothing is said of ${folder}`);
  return verdict;
}

/** All that is said of a finding, in one text. */
export function textOf({ code, what, why = '', at, details = [] }: Finding): string {
  return [code, at?.file, what, why, ...details].join('\n');
}

/** Findings that name all of these. */
export function naming(findings: readonly Finding[], ...names: readonly string[]): Finding[] {
  return findings.filter((finding) => names.every((name) => textOf(finding).includes(name)));
}

export function allFindings({ findings, sequences }: Validation): Finding[] {
  return [...findings, ...sequences.flatMap((sequence) => sequence.findings)];
}
