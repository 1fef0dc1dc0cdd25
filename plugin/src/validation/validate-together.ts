/** Runs several validations of one mirror together: what two of them need is read once, and each gets its own answer. */
import { notSealedYet } from '../mirror/errors';
import { findSequence } from '../mirror/find-sequence';
import { openMirror, readChain } from '../mirror/mirror';
import { recordedIn } from './recorded-sequences';
import { validate, validateSubject } from './validate';
import type { ValidateOptions, Validation } from './validation';
import { passes } from './validation';

/** A verdict of `validateTogether`, or the error that refused it. */
export type ValidationAnswer =
  | { readonly kind: 'validated'; readonly validation: Validation }
  | { readonly kind: 'refused'; readonly error: unknown };

/**
 * Validates a chain and some of its sequences, or several sequences. A verdict on one uses what was found of the
 * others: if alone it would be `PROVEN GIVEN seq1`, it is `PROVEN` or `BROKEN` when seq1 was read as well.
 *
 * @param options.folders the subject of each validation: a sequence's folder, or `undefined` for the whole chain. A
 *   `path` is
 *   the same for all of them; a `sample` is drawn for each by itself.
 * @returns an answer for each, in that order: a refusal is the error that `validate` would have thrown for it alone
 * @throws SEQ0170 when seqmirror.yaml breaks a rule, SEQ0702 when it cannot be read
 *
 * @example
 * ```ts
 * const answers = await validateTogether({ ...run, location, folders: [undefined, 'seq1-baseline'], depth: 'full' });
 * ```
 */
export async function validateTogether({
  folders,
  ...options
}: Omit<ValidateOptions, 'folder'> & { readonly folders: readonly (string | undefined)[] }): Promise<
  ValidationAnswer[]
> {
  if (options.path !== undefined) {
    const answer = await answerOf(() => validate(options));
    return folders.map(() => answer);
  }
  if (options.sample !== undefined) {
    const answers: ValidationAnswer[] = [];
    for (const folder of folders) answers.push(await answerOf(() => validate({ ...options, folder })));
    return answers;
  }
  const mirror = await openMirror(options.location);
  const chain = await readChain(mirror);
  const recorded = new Set((await recordedIn(mirror, chain)).map(({ folder }) => folder));
  const sequences = folders.filter((folder) => folder !== undefined && recorded.has(folder)) as string[];
  const isWhole = folders.includes(undefined);
  const only = isWhole ? undefined : [...new Set(sequences)];
  const whole = await answerOf(() =>
    validateSubject(
      { name: mirror.name, recorded: { mirror, chain, only, place: 'workspace' }, plain: [], volumes: [] },
      options,
    ),
  );
  return Promise.all(
    folders.map((folder) => {
      if (folder === undefined || whole.kind === 'refused') return whole;
      if (recorded.has(folder)) return { kind: 'validated', validation: partOf(whole.validation, folder) };
      return answerOf(() => {
        throw notSealedYet({ mirror: mirror.name, ...findSequence(mirror, chain, folder) });
      });
    }),
  );
}

async function answerOf(work: () => Promise<Validation>): Promise<ValidationAnswer> {
  try {
    return { kind: 'validated', validation: await work() };
  } catch (error) {
    return { kind: 'refused', error };
  }
}

function partOf(whole: Validation, folder: string): Validation {
  const sequences = whole.sequences.filter(({ name }) => name === folder);
  const recorded = whole.recorded.filter((name) => name === folder);
  return { ...whole, sequences, recorded, sound: passes(whole.findings, sequences) };
}
