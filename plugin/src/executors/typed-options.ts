/** Turns what people typed into what the use cases take: options of which exactly one must be given, and percentages. */
import { resolve } from 'node:path';
import type { Answer, Setback } from '../api';
import type { CommandOptions } from '../commands/options';
import { parseSequenceFolder, typedSequenceNumber } from '../sequence/folder';
import {
  applyUnclear,
  acknowledgementUnclear,
  ageUnusable,
  custodyUnclear,
  rollbackUnclear,
  shareUnusable,
  sideUnclear,
} from './errors';

/**
 * The answer of a site, from options of which exactly one must be given.
 *
 * @param facts.cwd the folder that the path of a receipt is relative to
 * @throws SEQ0623
 */
export function answerOf(
  {
    receipt,
    code,
    assume = false,
    lost,
  }: Partial<Pick<CommandOptions<'acknowledge'>, 'receipt' | 'code' | 'assume' | 'lost'>>,
  { project, cwd }: { project: string; cwd: string },
): Answer {
  // An unset shell variable gives --receipt=, which would be the current folder. Of --code= Nx makes the number 0.
  const empty = Object.entries({ receipt, code, lost }).find(
    ([, value]) => value !== undefined && (typeof value === 'boolean' || value === 0 || String(value).trim() === ''),
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

/** What happened to a site, or should happen, from options of which exactly one must be given. @throws SEQ0614 */
export function setbackOf(
  {
    to,
    wiped = false,
    cache = false,
    tags = false,
    registry,
    apply,
    dryRun = false,
  }: Partial<Omit<CommandOptions<'rollback'>, 'site' | 'note' | 'json'>>,
  project: string,
): Setback {
  const needsTags = registry !== undefined ? '--registry' : apply !== undefined ? '--apply' : undefined;
  if (!tags && needsTags !== undefined) throw rollbackUnclear({ project, why: `${needsTags} belongs to --tags` });
  if (tags && (to === undefined || wiped || cache))
    throw rollbackUnclear({ project, why: '--tags needs --to, and neither --wiped nor --cache' });
  if (dryRun && apply !== undefined)
    throw rollbackUnclear({ project, why: '--dry-run changes nothing, and --apply carries out a plan' });
  const said = [to !== undefined, wiped, cache].filter((option) => option).length;
  if (said !== 1) {
    throw rollbackUnclear({
      project,
      why: said === 0 ? 'None of these options was given' : 'More than one of these options was given',
    });
  }
  if (wiped) return { kind: 'wiped' };
  if (cache) return { kind: 'cache wiped' };
  const number = to === undefined ? undefined : typedSequenceNumber(to);
  if (number === undefined) throw rollbackUnclear({ project, why: '--to needs the name of a sequence, such as seq3' });
  return { kind: 'restored', to: number };
}

/**
 * The sides of a difference as numbers; 0 is nothing.
 *
 * @param folder the later sequence, of a target that has one
 * @throws SEQ0258 for what is not a sequence
 */
export function sidesOf(
  { from, to }: Pick<CommandOptions<'diff'>, 'from' | 'to'>,
  folder: string | undefined,
): { from: number | undefined; to: number | undefined } {
  const numberOf = (option: string, typed: string | number | undefined): number | undefined => {
    if (typed === undefined) return undefined;
    const number = typedSequenceNumber(typed);
    if (number === undefined) throw sideUnclear({ option, typed: String(typed) });
    return number;
  };
  return {
    from: from === 'nothing' ? 0 : numberOf('--from', from),
    to: numberOf('--to', to) ?? (folder === undefined ? undefined : parseSequenceFolder(folder)?.number),
  };
}

/** A number of days as people type it: `180d`. @throws SEQ0265 for anything else */
export function daysOf(typed: string): number {
  const days = Number(/^(\d{1,5})d$/.exec(typed)?.[1]);
  if (days >= 1) return days;
  throw ageUnusable({ typed });
}

/** How validation should look. */
export function lookOf({ depth, path, sample, record, allowUnsigned, as }: CommandOptions<'validate'>) {
  return {
    ...{ path, depth, allowUnsigned, as },
    sample: sample === undefined ? undefined : shareOf(sample),
    record: record || as !== undefined || sample !== undefined,
  };
}

/**
 * A percentage as people type it: `5%`, or `5`.
 *
 * @throws SEQ0172 for anything else, and unless it is above 0 and at most 100 %
 */
export function shareOf(typed: string | number): number {
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)%?$/.exec(String(typed))?.[1]);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw shareUnusable(typed);
}

/** What to do with copies of archives. */
export type CustodyTask =
  | { readonly kind: 'list' }
  | { readonly kind: 'copy'; readonly to: string; readonly dryRun: boolean }
  | { readonly kind: 'verify'; readonly place: string | undefined; readonly quick: boolean };

/** @throws SEQ0269 for options that contradict each other, and for a place without a name, from an unset variable */
export function custodyTaskOf({
  copy,
  verify,
  place,
  quick,
  dryRun,
}: Pick<CommandOptions<'custody'>, 'copy' | 'verify' | 'place' | 'quick' | 'dryRun'>): CustodyTask {
  const empty = Object.entries({ copy, place }).find(([, value]) => value?.trim() === '');
  if (empty !== undefined) throw custodyUnclear({ why: `--${empty[0]} is empty` });
  if (copy !== undefined && verify) throw custodyUnclear({ why: '--copy and --verify were both given' });
  if (!verify && (place !== undefined || quick))
    throw custodyUnclear({ why: `${quick ? '--quick' : '--place'} needs --verify` });
  if (dryRun && copy === undefined) throw custodyUnclear({ why: '--dryRun needs --copy' });
  if (copy !== undefined) return { kind: 'copy', to: copy, dryRun };
  return verify ? { kind: 'verify', place, quick } : { kind: 'list' };
}

/**
 * The number of the sequence to apply; `undefined`: what the site has.
 *
 * @throws SEQ0663 for what is not a sequence, and for a context that nothing would use
 */
export function sequenceAtOf({
  at,
  carryOut,
  context,
}: {
  readonly at: string | undefined;
  readonly carryOut: boolean;
  readonly context: string | undefined;
}): number | undefined {
  if (context !== undefined && (!carryOut || context === ''))
    throw applyUnclear({ why: '--context needs a value, and --run' });
  if (at === undefined) return undefined;
  const number = typedSequenceNumber(at);
  if (number === undefined) throw applyUnclear({ why: '--at needs the name of a sequence, such as seq3' });
  return number;
}
