import { z } from 'zod';
import { MaxNestedPaths } from '../../registry/destination';
import { oneLine } from '../../sequence/one-line';
import { errorOfFindings } from '../../system/errors';
import { readYaml } from '../../yaml/read-yaml';
import { renderYaml } from '../../yaml/render-yaml';
import { recordSchema } from '../../yaml/schema-version';
import { isSiteName } from '../site-name';
import { siteNameRefused } from './errors';
import { Confidence } from './ledger';

/** A site's name, which is that of its folder. It is a code name: Git should not know where the site is. */
export const SiteName = z
  .string()
  .refine(isSiteName, 'must be lower-case letters, digits and single dashes between them, at most 32 characters');

/** @throws SEQ0612 for a name that receipts cannot contain */
export function requireSiteName(folder: string): void {
  if (!isSiteName(folder)) throw siteNameRefused({ folder, name: undefined });
}

/** How a site acknowledges: by a file, by a code that is typed or read over a phone, or not at all. */
export const ReceiptHabit = z.enum(['file', 'code', 'none']);
export type ReceiptHabit = z.infer<typeof ReceiptHabit>;

/** Names of media, `usb:64G`, or a number of bytes. The bundle knows what fits on each. */
export const mediaPattern = /^(dvd5|dvd9|bd25|bd50|bd100|fat32|usb:[1-9]\d{0,4}(\.\d)?[KMGT]|[1-9]\d{4,14})$/;

/** `host[:port][/namespace]`: no scheme, no user, no password. */
export const registryPattern =
  /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,39}\])(:\d{1,5})?(\/[a-z0-9]+([._-]{1,2}[a-z0-9]+)*)*$/;

/** site.yaml: what the connected side has to know of a disconnected registry. */
export const Site = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    name: SiteName.describe(
      'The code name of the site. This name is also the name of the folder, and the name in receipts',
    ),
    description: oneLine(200)
      .optional()
      .describe('A description of the site for people. Git contains this description'),
    registry: z
      .string()
      .max(255)
      .regex(registryPattern, 'must be host[:port][/namespace], without https:// and without credentials')
      .optional()
      .describe(
        'host[:port][/namespace]. If the registry is secret, leave out this value. The admin of the site then names the registry for the upload',
      ),
    maxNestedPaths: MaxNestedPaths.describe(
      'The most parts of a repository path that the registry accepts, including the namespace: 2 for docker.io and older Quay. seqmirror shortens longer paths as with `oc-mirror --max-nested-paths`',
    ),
    media: z
      .string()
      .regex(mediaPattern, 'must be dvd5, dvd9, bd25, bd50, bd100, fat32, usb:<size> such as usb:64G, or bytes')
      .optional()
      .describe('The default medium for bundles; without this key, one folder without a size limit'),
    receipts: ReceiptHabit.default('file').describe(
      'What the site sends back: a receipt file, a receipt code of 12 characters, or none, if a diode lets nothing out',
    ),
    overdue_after_days: z
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .describe('The number of days without a receipt after which a transfer is overdue'),
    rely_on: Confidence.default('assumed').describe(
      'Which entries of the ledger are enough for a bundle to leave out their blobs: all entries (assumed), entries with a receipt (attested), or entries with a signed receipt (proven)',
    ),
    assume_after: z
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe(
        'For a site behind a diode: how often you must send a sequence before you can assume that the site has it',
      ),
  })
  .describe('The settings for a site, a disconnected registry');
export type Site = z.infer<typeof Site>;

/** @throws SEQ0610 with every finding, each with its line and column */
export function parseSite(text: string, file: string): Site {
  const { value, findings } = readYaml(text, file, {
    schema: Site,
    codes: { text: 'SEQ0610', value: 'SEQ0610' },
    maxCharacters: 64 * 1024,
  });
  if (findings.length === 0) return value as Site;
  const next = 'Write `schema: seqmirror/v1` and `name`. docs/reference.md lists every key';
  throw errorOfFindings(findings, { next });
}

/** site.yaml for people to edit. */
export function renderSite(site: z.input<typeof Site>): string {
  return renderYaml(withoutHoles(site), {
    head: [
      'A site: a disconnected registry, under a code name.',
      'You can leave out the registry, so that Git does not contain its address. The site then names the registry.',
    ],
    above: {
      media: [
        'dvd5, dvd9, bd25, bd50, bd100, fat32, usb:64G, or a number of bytes. Without it: one folder of any size.',
      ],
      receipts: [
        'How the site answers: file (a receipt), code (12 characters, typed or read over a phone), none (a diode).',
      ],
    },
  });
}

function withoutHoles<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
