import { z } from 'zod';
import { sumOfBytes } from '../system/byte-size';
import { compareTexts } from '../system/compare-texts';
import { printable } from '../system/printable';
import { readRecord } from '../yaml/read-record';
import { renderYaml } from '../yaml/render-yaml';
import { recordSchema } from '../yaml/schema-version';
import { oneLine } from './one-line';

const longestNote = 500;

/** custody.yaml: who has a sequence's bytes. It exists only if there is something to record; without it they are held. */
export const Custody = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    state: z
      .enum(['held', 'retired', 'lost'])
      .describe(
        'held: a copy exists; retired: the archives were deleted or moved on purpose, and later sequences download the blobs again unless a copy is listed; lost: no copy exists, so later sequences download the blobs again',
      ),
    copies: z
      .array(
        z.strictObject({
          where: oneLine(200).describe('The name of a place for people: a store, a site, a tape'),
          verified: z.iso
            .date({ error: 'must be a date such as 2026-11-23' })
            .optional()
            .describe('The last check of all bytes'),
          sampled: z.iso
            .date({ error: 'must be a date such as 2026-11-23' })
            .optional()
            .describe('The last check of some bytes, chosen at random'),
        }),
      )
      .max(1000)
      .describe('The known copies of the archives'),
    note: oneLine(longestNote).optional().describe('A note for people'),
  })
  .describe('The custody of one sequence');
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
    head: [
      "Who has this sequence's archives.",
      'Later sequences fetch its blobs again if it is lost, or retired without a copy.',
    ],
  });
}

export type CustodyCopy = Custody['copies'][number];

/** A copy as people know it, and the day on which its bytes were checked. */
export interface VerifiedCopy {
  readonly where: string;
  /** `2026-11-23` */
  readonly date: string;
}

/** Adds a copy of which some bytes were found sound on a day. The next check uses it to choose what to look at. */
export function withSampledCopy(custody: Custody | undefined, { where, date }: VerifiedCopy): Custody {
  return withCopy(custody ?? nothingSaid, where, (copy) => ({ ...copy, sampled: date }));
}

/** Adds a copy that was found sound on a day. A sequence with a sound copy is not lost. */
export function withVerifiedCopy(custody: Custody | undefined, { where, date }: VerifiedCopy): Custody {
  const held = custody?.state === 'lost' ? declareHeld(custody) : (custody ?? nothingSaid);
  return withCopy(held, where, () => ({ where, verified: date }));
}

/** Removes a copy that was found damaged: nobody may rely on it. */
export function withoutCopy({ copies, ...rest }: Custody, where: string): Custody {
  return { ...rest, copies: copies.filter((copy) => copy.where !== where) };
}

/** The name of the copy in the data directory. */
export const storeCopy = 'store';

/** Custody of a sequence whose archives leave the store, with the verified copy that they were moved to, if any. */
export function declareRetired(custody: Custody | undefined, moved: VerifiedCopy | undefined): Custody {
  const { copies, ...rest } = custody === undefined ? nothingSaid : declareHeld(custody);
  const others = { ...rest, state: 'retired' as const, copies: copies.filter(({ where }) => where !== storeCopy) };
  return moved === undefined ? others : withVerifiedCopy(others, moved);
}

/** Changes the copy at a place; a new copy is added at the end. */
function withCopy({ copies, ...rest }: Custody, where: string, changed: (copy: CustodyCopy) => CustodyCopy): Custody {
  const known = copies.some((copy) => copy.where === where);
  const all = known ? copies : [...copies, { where }];
  return { ...rest, copies: all.map((copy) => (copy.where === where ? changed(copy) : copy)) };
}

/** Custody of a sequence that is lost, with the reason in one sentence. People's notes stay, after the reason. */
export function declareLost(custody: Custody | undefined, why: string): Custody {
  const { note, ...rest } = custody ?? nothingSaid;
  const text = [`${ours}${oneLineOf(why)}`, theirsIn(note)].filter((part) => part !== '').join(separator);
  return { ...rest, state: 'lost', note: text.slice(0, longestNote).trimEnd() };
}

/** Custody of a sequence whose bytes are back: the reason for the loss is removed, people's notes stay. */
export function declareHeld(custody: Custody): Custody {
  const { note, ...rest } = custody;
  const theirs = theirsIn(note);
  return { ...rest, state: 'held', ...(theirs === '' ? {} : { note: theirs }) };
}

/**
 * The copies to check now, when a schedule checks a share of all bytes each time: copies never checked first, then by
 * the oldest check. At least one, so that a small share reaches every copy too. Equal dates keep the given order.
 *
 * @param share above 0 and at most 1, of the bytes of all copies
 */
export function dueForVerification<T extends { readonly verified?: string | undefined; readonly bytes: number }>(
  copies: readonly T[],
  share: number,
): T[] {
  const budget = sumOfBytes(copies) * share;
  const oldestFirst = [...copies].sort((a, b) => compareTexts(a.verified ?? '', b.verified ?? ''));
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

/** What people wrote, without what this program put before it. */
function theirsIn(note = ''): string {
  return note
    .split(separator)
    .filter((part) => !part.startsWith(ours))
    .join(separator);
}

function oneLineOf(text: string): string {
  return printable(text, { limit: longestNote }).replaceAll(separator, ', ').trim();
}

/** Whether later sequences may leave out its blobs: its archives are held, or a copy of them is known. */
export function servesAsBase({ state, copies }: Custody): boolean {
  return state === 'held' || (state === 'retired' && copies.length > 0);
}

/** Whether nobody has its archives. */
export function isLost(custody: Custody): boolean {
  return custody.state === 'lost';
}
