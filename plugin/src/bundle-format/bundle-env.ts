/**
 * bundle.env: what seq-upload.sh knows about the bundle beside it. One `key=value` per line, no quoting; the script's
 * head lists the keys.
 *
 *   format=seqmirror-bundle/1
 *   number=3
 *   needs=sha256:d473… 2 seq2-add-logging or sha256:90ab… 3 seq3-add-ubi9 T0002
 */
import { join } from 'node:path';
import { z } from 'zod';
import { ArchiveName } from '../archive/names';
import { parseSequenceFolder } from '../sequence/folder';
import { Timestamp, oneLine, SequenceNumber } from '../sequence/one-line';
import { Seal } from '../sequence/seal';
import { below, readableRoot } from '../system/path-below';
import { readText } from '../system/text-file';
import { bundleEnvRefused } from './errors';
import type { KeyValue } from './key-values';
import { bundleFileName, decimalIn, readKeyValues, renderKeyValues } from './key-values';

const sequenceFolder = z
  .string()
  .refine((folder) => parseSequenceFolder(folder) !== undefined, 'must be a name such as seq2-add-logging');

const SequenceOnMedium = z.strictObject({ seal: Seal, number: SequenceNumber, folder: sequenceFolder });

/** The content of bundle.env. */
export const BundleEnv = z
  .strictObject({
    mirror: bundleFileName.describe('The id of the mirror, which is also the name of the site folder'),
    bundle: bundleFileName
      .optional()
      .describe(
        'The id of the bundle, for example T0007, the same on every volume. Required if there are several volumes',
      ),
    kind: z.enum(['baseline', 'cumulative', 'individual', 'site', 'sequence']),
    sites: z.array(bundleFileName).default([]).describe('The sites that the bundle is for'),
    head: SequenceOnMedium.describe('The newest sequence that the registry has after the upload'),
    description: oneLine(200).optional(),
    made: Timestamp.optional(),
    config: bundleFileName.default('imageset-config.yaml').describe('The imageset configuration of the head'),
    pinned: bundleFileName
      .optional()
      .describe('The imageset configuration with digests instead of tags, for oc-mirror 4.22 or later'),
    images: bundleFileName
      .optional()
      .describe('The file that lists the images in the registry after the upload, one line repository:tag@digest each'),
    statement: bundleFileName
      .optional()
      .describe('The statement that the sender signed. Older bundles have no statement'),
    links: z
      .literal('added')
      .optional()
      .describe('The archives leave out links that the archives of needed sequences contain'),
    archives: z
      .union([z.literal('.'), bundleFileName])
      .default('archives')
      .describe('The folder of the archives'),
    volume: z
      .union([z.int().min(1), z.literal('all')])
      .default(1)
      .describe('`all`: seq-upload.sh has joined the volumes'),
    volumes: z.int().min(1).max(9999).default(1),
    needs: z
      .array(
        SequenceOnMedium.extend({
          transfer: bundleFileName.optional().describe('The transfer that contained this sequence'),
          or: z
            .array(SequenceOnMedium)
            .default([])
            .describe('Sequences of which one can take the place of this sequence'),
        }),
      )
      .default([])
      .describe('The sequences that the site must have already'),
    holds: z
      .array(SequenceOnMedium)
      .default([])
      .describe('Sequences before the head whose complete archives are in the bundle'),
    splits: z
      .array(
        z.strictObject({
          name: ArchiveName,
          sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
          parts: z.int().min(2).max(999),
        }),
      )
      .default([])
      .describe('Archives in pieces, on several volumes: parts/<name>.001 …'),
  })
  .refine(({ bundle, volumes }) => volumes === 1 || bundle !== undefined, 'volumes must name their bundle')
  .refine(({ volume, volumes }) => volume === 'all' || volume <= volumes, 'there are fewer volumes');
export type BundleEnv = z.infer<typeof BundleEnv>;

/** `bundle T0007 of seq3-add-ubi9 for bravo`; `bundle of seq3-add-ubi9` if it is for no site. */
export function bundleInWords({ bundle, head, sites }: Pick<BundleEnv, 'bundle' | 'head' | 'sites'>): string {
  const id = bundle === undefined || bundle === head.folder ? '' : ` ${bundle}`;
  return `bundle${id} of ${head.folder}${sites.length === 0 ? '' : ` for ${sites.join(' and ')}`}`;
}

export const bundleEnvFile = 'bundle.env';
const format = 'seqmirror-bundle/1';

/**
 * The text of bundle.env.
 *
 * @throws a bug if a value does not fit on a line: the caller has checked everything that came from outside
 */
export function renderBundleEnv(facts: z.input<typeof BundleEnv>): string {
  const env = BundleEnv.parse(facts);
  const lines: KeyValue[] = [
    ['format', format],
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
    ['statement', env.statement],
    ['links', env.links],
    ['archives', env.archives],
    ['volume', env.volume],
    ['volumes', env.volumes],
    ...env.needs.map(({ transfer, or, ...need }): [string, string] => [
      'needs',
      [...[need, ...or].map(sequenceValue)].join(' or ') + (transfer === undefined ? '' : ` ${transfer}`),
    ]),
    ...env.holds.map((held): [string, string] => ['holds', sequenceValue(held)]),
    ...env.splits.map(({ name, sha256, parts }): [string, string] => ['split', `${name} ${sha256} ${parts}`]),
  ];
  return renderKeyValues(lines);
}

/**
 * bundle.env of a volume.
 *
 * @param root the top folder of the volume, an absolute path
 * @throws SEQ0644 like parseBundleEnv, SEQ0702 when it cannot be read
 */
export async function readBundleEnv(root: string): Promise<BundleEnv> {
  const file = join(root, bundleEnvFile);
  return parseBundleEnv(await readText(below(readableRoot(root), file)), file);
}

const mostCharacters = 4 * 1024 ** 2;

/**
 * Reads bundle.env. Unknown keys are ignored, as the script does.
 *
 * @throws SEQ0644 naming the key that is wrong
 */
export function parseBundleEnv(text: string, file: string): BundleEnv {
  const refuse = (problem: string) => bundleEnvRefused({ file, problem });
  if (text.length > mostCharacters) throw refuse(`it is too long (${text.length} characters)`);
  const { values, wrong } = readKeyValues(text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')));
  if (wrong !== undefined) throw refuse(`it has a line without a key: ${wrong}`);
  const all = (key: string): readonly string[] => values.get(key) ?? [];
  const one = (key: string): string | undefined => all(key).at(-1);
  if (one('format') !== format)
    throw refuse(`its format is ${one('format') ?? '(none)'}; this program reads ${format}`);
  const { data, error } = BundleEnv.safeParse({
    ...Object.fromEntries(plainKeys.map((key) => [key, one(key)])),
    sites: one('sites')?.split(','),
    head: sequenceOf([one('seal'), one('number'), one('folder')]),
    volume: one('volume') === 'all' ? 'all' : decimalIn(one('volume')),
    volumes: decimalIn(one('volumes')),
    needs: all('needs').map(needOf),
    holds: all('holds').map((value) => sequenceOf(value.split(' '))),
    splits: all('split').map((value) => {
      const [name, sha256, parts] = value.split(' ');
      return { name, sha256, parts: decimalIn(parts) };
    }),
  });
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw refuse(`${issue?.path.join('.')}: ${issue?.message}`);
}

const plainKeys = [
  'mirror',
  'bundle',
  'kind',
  'description',
  'made',
  'config',
  'pinned',
  'images',
  'statement',
  'links',
  'archives',
];

function sequenceOf([seal, number, folder]: readonly (string | undefined)[]) {
  return { seal, number: decimalIn(number), folder };
}

/** `<seal> 2 seq2-add-app or <seal> 3 seq3-add-web T0002` */
function needOf(value: string) {
  const [first, ...others] = value.split(' or ').map((each) => each.split(' '));
  const transfer = [first, ...others].at(-1)?.[3];
  return { ...sequenceOf(first ?? []), or: others.map(sequenceOf), transfer };
}

function sequenceValue({ seal, number, folder }: z.infer<typeof SequenceOnMedium>): string {
  return `${seal} ${number} ${folder}`;
}
