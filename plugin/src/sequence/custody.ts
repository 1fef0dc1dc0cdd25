import { z } from 'zod';
import { oneLine } from './one-line';
import { readRecord } from './read-record';
import { recordSchema } from './schema-version';
import { renderYaml } from './yaml-text';

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
        }),
      )
      .max(1000)
      .describe('Known copies of the archives'),
    note: oneLine(500).optional().describe('What else there is to know'),
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

/** Whether a sequence can no longer serve as a base. */
export function isLost(custody: Custody): boolean {
  return custody.state === 'lost';
}
