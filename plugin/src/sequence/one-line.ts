import { z } from 'zod';

/** Text that stays on one line of a record: no control characters, no space at either end. */
export function oneLine(longest: number) {
  return z
    .string()
    .max(longest, `must have at most ${longest} characters`)
    .regex(
      /^[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\s\u0000-\u001f\u007f-\u009f])?$/, // eslint-disable-line no-control-regex -- control characters are what this refuses
      'must be one line, not empty, without control characters and without spaces at its ends',
    );
}

/** `2026-11-23T06:08:52Z`: UTC, whole seconds. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\dZ$/, 'must be a time in UTC such as 2026-11-23T06:08:52Z');

export function timestampOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** `2026-11-23`: its day in UTC, as custody.yaml has it. */
export function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** A sequence's number. */
export const SequenceNumber = z.int().min(1).max(999_999);
