/**
 * Proves that a chain, one of its sequences, or the content of any folder is complete and as it was sealed; else
 * reports what is wrong.
 */
import { basename, dirname } from 'node:path';
import { startHashPool } from '../archive/hashing/hashing';
import { bundleInWords } from '../bundle-format/bundle-env';
import { leftOutOf } from '../bundle-format/bundle-volume';
import { checkVolumes } from './check-volumes';
import { nothingToSample } from './errors';
import { originOf } from './origin';
import { checkPlainSet } from './plain-set';
import type { Subject } from './subject';
import { subjectOf } from './subject';
import { validateRecorded } from './validate-recorded';
import type { SequenceVerdict, ValidateOptions, Validation } from './validation';
import { passes } from './validation';

/**
 * Validates. Everything wrong with the content is in the result; errors are thrown only if there is nothing to check.
 *
 * @throws SEQ0232 for a sequence that does not exist, SEQ0239 for one that isn't sealed, SEQ0237 for a mirror or a
 *   folder
 *   with nothing to validate
 *
 * @example
 * ```ts
 * const { sound, sequences } = await validate({ ...run, location, depth: 'deep' });
 * for (const { name, verdict } of sequences) console.log(name, verdict);
 * ```
 */
export async function validate(options: ValidateOptions): Promise<Validation> {
  return validateSubject(await subjectOf(options.location, options), options);
}

/** Validates a given subject. */
export async function validateSubject(subject: Subject, options: ValidateOptions): Promise<Validation> {
  const { depth, location } = options;
  if (options.sample !== undefined && subject.plain.length + subject.volumes.length > 0)
    throw nothingToSample({ path: subject.name });
  const pool = startHashPool();
  try {
    const recorded =
      subject.recorded === undefined
        ? { sequences: [], findings: [], recorded: [], sample: undefined }
        : await validateRecorded(subject.recorded, options, pool);
    const only = subject.volumes.find(({ isOnly }) => isOnly);
    const leftOut = only === undefined ? undefined : await leftOutOf(only.path);
    const plain: SequenceVerdict[] = [];
    for (const folder of subject.plain) {
      const name =
        only?.env !== undefined && dirname(folder) === only.path ? bundleInWords(only.env) : basename(folder);
      plain.push(await checkPlainSet(folder, { ...options, pool, leftOut, name }));
    }
    const carried = await checkVolumes(subject.volumes, {
      ...{ ...options, pool },
      mirror: subject.volumes.length === 0 ? undefined : (await originOf(location))?.mirror,
    });
    const sequences = [...recorded.sequences, ...plain];
    const findings = [...recorded.findings, ...carried.findings];
    return {
      ...{ subject: subject.name, depth, sequences, volumes: carried.volumes, findings },
      ...{ recorded: recorded.recorded, sample: recorded.sample },
      sound: passes(findings, [...sequences, ...carried.volumes]),
    };
  } finally {
    await pool.close();
  }
}
