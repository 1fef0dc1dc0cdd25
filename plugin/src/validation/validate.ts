/** Proves a chain, one sequence of it, or what lies in any folder: complete and as it was sealed, or what is wrong. */
import { startHashPool } from '../archive/hashing/hashing';
import { checkBundleVolume, leftOutOf } from '../bundle-format/bundle-volume';
import { originOf } from './origin';
import { checkPlainSet } from './plain-set';
import { subjectOf } from './subject';
import { validateRecorded } from './validate-recorded';
import type { ValidateOptions } from './validation';
import type { SequenceVerdict, Validation } from './validation';
import { hasErrors } from './validation';

/**
 * Validates. Whatever is wrong with the content is in the result; what is thrown is about what there is to look at.
 *
 * @throws SEQ0232 for a sequence that there isn't, SEQ0239 for one that isn't sealed, SEQ0237 for a folder without
 *   anything to validate
 */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { depth, location } = options;
  const subject = await subjectOf(location, options);
  const pool = startHashPool();
  try {
    const recorded =
      subject.recorded === undefined
        ? { sequences: [], findings: [], recorded: [] }
        : await validateRecorded(subject.recorded, options, pool);
    const plain: SequenceVerdict[] = [];
    const { volume } = subject;
    const leftOut = volume === undefined ? undefined : await leftOutOf(volume);
    for (const folder of subject.plain) plain.push(await checkPlainSet(folder, { ...options, pool, leftOut }));
    const carried =
      volume === undefined
        ? []
        : await checkBundleVolume(volume, { ...options, pool, mirror: (await originOf(location))?.mirror });
    const sequences = [...recorded.sequences, ...plain];
    const findings = [...recorded.findings, ...carried, ...(leftOut?.findings ?? [])];
    const sound = !hasErrors(findings) && sequences.every(({ verdict }) => verdict !== 'BROKEN');
    return { subject: subject.name, depth, sequences, findings, recorded: recorded.recorded, sound };
  } finally {
    await pool.close();
  }
}
