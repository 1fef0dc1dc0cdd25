/** Kinds of options that several commands share. */
import { z } from 'zod';

/** Nx Console shows these first. */
export const important = { 'x-priority': 'important' } as const;
export const flag = (description: string) => z.boolean().default(false).describe(description);
export const text = (description: string) => z.string().optional().describe(description);
export const textOrNumber = (description: string) => z.union([z.string(), z.number()]).optional().describe(description);

export const sequence = z
  .string()
  .describe('The folder of the sequence, relative to the top of the workspace: `mirror/content/seq2-add-logging`.');
export const sequenceOfMirror = (ofDefault: string) =>
  text(
    `A sequence such as \`seq2\`, or the folder of a sequence, relative to the top of the workspace. Default: ${ofDefault}`,
  );
export const site = z
  .string()
  .describe('The folder of the site, relative to the top of the workspace: `mirror/sites/bravo`.');
export const json = flag('Print only one JSON document. docs/reference.md describes its keys.');
export const format = z
  .enum(['table', 'markdown'])
  .default('table')
  .describe('The form of the output. Use markdown for a comment on a pull request.');
