/**
 * bundle.env: what seq-upload.sh knows of the bundle beside it. One `key=value` a line, no quoting; the script's head
 * lists the keys.
 *
 *   format=seqmirror-bundle/1
 *   number=3
 *   needs=sha256:d473… 2 seq2-add-logging T0002
 */
import { z } from 'zod';
import { Timestamp, oneLine, SequenceNumber } from '../../sequence/one-line';
import { parseSequenceFolder } from '../../sequence/folder';
import { Seal } from '../../sequence/seal';

const fileName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dots, hyphens and underscores, at most 100');

const sequenceFolder = z
  .string()
  .refine((folder) => parseSequenceFolder(folder) !== undefined, 'must be a name such as seq2-add-logging');

const SequenceOnMedium = z.strictObject({ seal: Seal, number: SequenceNumber, folder: sequenceFolder });

/** What bundle.env says. */
export const BundleEnv = z
  .strictObject({
    mirror: fileName.describe('Id of the mirror: names the site folder'),
    bundle: fileName.optional().describe('The same on every volume, T0007; needed where there are several'),
    kind: z.enum(['baseline', 'cumulative', 'individual', 'site', 'sequence']),
    sites: z.array(fileName).default([]).describe('Whom it was made for'),
    head: SequenceOnMedium.describe('Where the registry stands afterwards'),
    description: oneLine(200).optional(),
    made: Timestamp.optional(),
    config: fileName.default('imageset-config.yaml').describe('Imageset configuration of the head'),
    pinned: fileName.optional().describe('The same with every tag resolved; taken where oc-mirror is 4.22 or later'),
    images: fileName.optional().describe('What the registry has afterwards, a line repository@digest each'),
    archives: z
      .union([z.literal('.'), fileName])
      .default('archives')
      .describe('Folder of the archives'),
    volume: z.int().min(1).default(1),
    volumes: z.int().min(1).max(9999).default(1),
    needs: z
      .array(SequenceOnMedium.extend({ transfer: fileName.optional().describe('What carried it') }))
      .default([])
      .describe('What the site must have besides what is carried'),
    holds: z.array(SequenceOnMedium).default([]).describe('Sequences before the head whose archives are carried whole'),
    splits: z
      .array(
        z.strictObject({
          name: z.string().regex(/^mirror_\d{6}\.tar$/, 'must be a name such as mirror_000001.tar'),
          sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
          parts: z.int().min(2).max(999),
        }),
      )
      .default([])
      .describe('Archives in pieces: parts/<name>.001 … spread over the volumes'),
  })
  .refine(({ bundle, volumes }) => volumes === 1 || bundle !== undefined, 'volumes must name their bundle')
  .refine(({ volume, volumes }) => volume <= volumes, 'there are fewer volumes');
export type BundleEnv = z.infer<typeof BundleEnv>;

export const bundleEnvFile = 'bundle.env';

/**
 * The text of bundle.env.
 *
 * @throws a bug when a value could not stand on its line: whoever calls this has checked what came from outside
 */
export function renderBundleEnv(facts: z.input<typeof BundleEnv>): string {
  const env = BundleEnv.parse(facts);
  const lines: [key: string, value: string | number | undefined][] = [
    ['format', 'seqmirror-bundle/1'],
    ['mirror', env.mirror],
    ['bundle', env.bundle],
    ['kind', env.kind],
    ['sites', env.sites.length === 0 ? undefined : env.sites.join(',')],
    ['number', env.head.number],
    ['folder', env.head.folder],
    ['seal', env.head.seal],
    ['description', env.description],
    ['made', env.made],
    ['config', env.config],
    ['pinned', env.pinned],
    ['images', env.images],
    ['archives', env.archives],
    ['volume', env.volume],
    ['volumes', env.volumes],
    ...env.needs.map(({ transfer, ...need }): [string, string] => [
      'needs',
      `${sequenceValue(need)}${transfer === undefined ? '' : ` ${transfer}`}`,
    ]),
    ...env.holds.map((held): [string, string] => ['holds', sequenceValue(held)]),
    ...env.splits.map(({ name, sha256, parts }): [string, string] => ['split', `${name} ${sha256} ${parts}`]),
  ];
  return lines.map(([key, value]) => (value === undefined ? '' : `${key}=${value}\n`)).join('');
}

function sequenceValue({ seal, number, folder }: z.infer<typeof SequenceOnMedium>): string {
  return `${seal} ${number} ${folder}`;
}
