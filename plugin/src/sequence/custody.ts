import { z } from 'zod';
import { printable } from '../system/printable';
import { readRecord } from '../yaml/read-record';
import { renderYaml } from '../yaml/render-yaml';
import { recordSchema } from '../yaml/schema-version';
import { oneLine } from './one-line';

const longestNote = 500;

/** custody.yaml: who has a sequence's bytes. It exists only when there is something to say; without it they are held. */
export const Custody = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    state: z
      .enum(['held', 'retired', 'lost'])
      .describe(
        'held: a copy can be had; retired: given up on purpose, sites have it; lost: nobody has it, so later sequences fetch its blobs again',
      ),
    copies: z
      .array(
        z.strictObject({
          where: oneLine(200).describe('A store, a site, a tape: a name that people know'),
          verified: z.iso
            .date({ error: 'must be a date such as 2026-11-23' })
            .optional()
            .describe('When its bytes were last checked'),
          sampled: z.iso
            .date({ error: 'must be a date such as 2026-11-23' })
            .optional()
            .describe('When some of its bytes, chosen at random, were last checked'),
        }),
      )
      .max(1000)
      .describe('Known copies of the archives'),
    note: oneLine(longestNote).optional().describe('What else there is to know'),
  })
  .describe('Custody of one sequence');
export type Custody = z.infer<typeof Custody>;

/**
 * Reads custody.yaml.
 *
 * @throws SEQ0210, SEQ0211 or SEQ0212 when it cannot be read
 */
export function parseCustody(text: string, file: string): Custody {
  return readRecord(text, file, Custody, { maxCharacters: 1024 ** 2 });
}

export function renderCustody(custody: Custody): string {
  return renderYaml(Custody.parse(custody), {
    head: ["Who has this sequence's archives. `lost` makes later sequences fetch its blobs again."],
  });
}

export type CustodyCopy = Custody['copies'][number];

/** A copy as it is known to people, and the day on which its bytes were checked. */
export interface VerifiedCopy {
  readonly where: string;
  /** `2026-11-23` */
  readonly date: string;
}

/** Custody with a copy of which some bytes were found sound on a day: a note for those who choose what is checked next. */
export function withSampledCopy(custody: Custody | undefined, { where, date }: VerifiedCopy): Custody {
  return withCopy(custody ?? nothingSaid, where, (copy) => ({ ...copy, sampled: date }));
}

/** Custody with a copy that was found sound on a day. A sequence of which a copy is sound is not lost. */
export function withVerifiedCopy(custody: Custody | undefined, { where, date }: VerifiedCopy): Custody {
  const held = custody?.state === 'lost' ? declareHeld(custody) : (custody ?? nothingSaid);
  return withCopy(held, where, () => ({ where, verified: date }));
}

/** Changes the copy that is at a place; one that was not noted before is the last. */
function withCopy({ copies, ...rest }: Custody, where: string, changed: (copy: CustodyCopy) => CustodyCopy): Custody {
  const known = copies.some((copy) => copy.where === where);
  const all = known ? copies : [...copies, { where }];
  return { ...rest, copies: all.map((copy) => (copy.where === where ? changed(copy) : copy)) };
}

/** Custody of a sequence that nobody has any more, with the reason in a sentence. What people noted is kept behind it. */
export function declareLost(custody: Custody | undefined, why: string): Custody {
  const { note, ...rest } = custody ?? nothingSaid;
  const text = [`${ours}${oneLineOf(why)}`, theirsIn(note)].filter((part) => part !== '').join(separator);
  return { ...rest, state: 'lost', note: text.slice(0, longestNote).trimEnd() };
}

/** Custody of a sequence whose bytes are back; the reason why they were lost goes, what people noted stays. */
export function declareHeld(custody: Custody): Custody {
  const { note, ...rest } = custody;
  const theirs = theirsIn(note);
  return { ...rest, state: 'held', ...(theirs === '' ? {} : { note: theirs }) };
}

/**
 * The copies whose turn it is when a schedule checks a share of all bytes each time: those never checked first, then the
 * oldest check. At least one, so that a small share comes round too; of equal dates, in the order given.
 *
 * @param share above 0 and at most 1, of the bytes of all copies
 */
export function dueForVerification<T extends { readonly verified?: string | undefined; readonly bytes: number }>(
  copies: readonly T[],
  share: number,
): T[] {
  const budget = copies.reduce((sum, { bytes }) => sum + bytes, 0) * share;
  const oldestFirst = [...copies].sort((a, b) => compare(a.verified ?? '', b.verified ?? ''));
  let before = 0;
  return oldestFirst.filter(({ bytes }, index) => {
    const due = index === 0 || before < budget;
    before += bytes;
    return due;
  });
}

const nothingSaid: Custody = { schema: recordSchema, state: 'held', copies: [] };
const ours = 'reissue: ';
const separator = ' | ';

/** What people wrote, behind what this program did. */
function theirsIn(note = ''): string {
  return note
    .split(separator)
    .filter((part) => !part.startsWith(ours))
    .join(separator);
}

function oneLineOf(text: string): string {
  return printable(text, { limit: longestNote }).replaceAll(separator, ', ').trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a sequence can no longer serve as a base. */
export function isLost(custody: Custody): boolean {
  return custody.state === 'lost';
}
