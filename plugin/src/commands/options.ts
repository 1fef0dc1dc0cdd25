/**
 * The options of every command, from which the executors' schemas and the types of their options are made. Options
 * without a default may be left out; a number on a command line arrives as a number.
 */
import { z } from 'zod';
import { MaxNestedPaths } from '../registry/destination';
import type { CommandName } from './commands';

/** Nx Console shows these first. */
const important = { 'x-priority': 'important' } as const;
const flag = (description: string) => z.boolean().default(false).describe(description);
const text = (description: string) => z.string().optional().describe(description);
const textOrNumber = (description: string) => z.union([z.string(), z.number()]).optional().describe(description);

const sequence = z
  .string()
  .describe("The sequence's folder, from the top of the workspace: `mirror/content/seq2-add-logging`.");
const sequenceOfMirror = (ofDefault: string) =>
  text(`The sequence: \`seq2\`, or its folder, from the top of the workspace. Default: ${ofDefault}`);
const site = z.string().describe("The site's folder, from the top of the workspace: `mirror/sites/bravo`.");
const json = flag('Print one JSON document, of a documented shape, and nothing else.');
const format = z.enum(['table', 'markdown']).default('table').describe('markdown: for a comment on a pull request.');

/** Made when they are asked for: a task needs one row. */
export const commandOptions = {
  mirror: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      dryRun: flag('Say what would be fetched and how much; fetch, write and lock nothing.'),
      refresh: flag(
        "Mirror although the imageset configuration equals its predecessor's: tags and catalogs have moved.",
      ),
      watch: flag(
        "Show the output as it comes, though Nx was asked for another project's task. `mirror:seq2` and `mirror:latest` set it.",
      ),
    }),
  plan: () =>
    z.strictObject({
      sequence: sequenceOfMirror(
        'the next planned one; where none is planned, the configuration of the newest sealed one as it is upstream now.',
      ),
      media: textOrNumber(
        'Count the volumes too: `dvd5`, `dvd9`, `bd25`, `bd50`, `bd100`, `fat32`, `usb:64G`, or a number of bytes.',
      ).meta(important),
      format,
      json,
    }),
  check: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      earlier: flag('Check every sequence before it too.'),
      dryRun: flag(
        'Makes no difference: a check fetches and seals nothing. For commands that name planned sequences too.',
      ),
      refresh: flag(
        'Makes no difference: what is sealed is not mirrored again. For commands that name planned sequences too.',
      ),
    }),
  list: () =>
    z.strictObject({
      all: flag('List every sequence. Without it, the table leaves out what was sealed before the last 24.'),
      json,
    }),
  diff: () =>
    z.strictObject({
      sequence: text(
        "The later sequence's folder, from the top of the workspace: `mirror/content/seq2-add-logging`. Default: the last sealed one.",
      ),
      site: text('The site, by its name. What it has acknowledged is the earlier side.'),
      from: textOrNumber(
        'The earlier sequence: `seq1`, or `nothing`. Default: what the site has, else the sequence before the later one.',
      ).meta(important),
      to: textOrNumber('The later sequence: `seq3`. Default: the last sealed one.').meta(important),
      format,
      json,
    }),
  info: () => z.strictObject({ json }),
  status: () =>
    z.strictObject({
      site: text(
        "The site's folder, from the top of the workspace: `mirror/sites/bravo`. Default: all sites of the mirror.",
      ),
      json,
    }),
  metrics: () =>
    z.strictObject({
      output: text(
        'The file to replace, from where you are, in one step: a reader finds the old text or the new one. Default: print.',
      ).meta(important),
    }),
  acknowledge: () =>
    z.strictObject({
      site,
      receipt: text(
        'The receipt file, from where you are. Its signature, where there is one, lies beside it as `<file>.sig`.',
      ).meta(important),
      code: textOrNumber(
        "The receipt's 12 characters, as they were read out; small letters, spaces and dashes do not matter.",
      ).meta(important),
      assume: flag('Over a diode: count a sequence as delivered once sent `assume_after` times (site.yaml).'),
      lost: text('A transfer that will not arrive: `T0002`. The next bundle is computed from the ledger anyway.'),
      dryRun: flag('Say what would change, and write nothing.'),
      json,
    }),
  rollback: () =>
    z.strictObject({
      site,
      to: textOrNumber('The last sequence that the site still has: `seq3`.').meta(important),
      wiped: flag('Nothing is there any more; the next bundle is complete.').meta(important),
      cache: flag("Only the cache of the site's oc-mirror is gone; its registry has everything still."),
      note: text('Why, on one line, for the ledger.'),
      dryRun: flag('Say what would change, and write nothing.'),
    }),
  validate: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the whole chain.'),
      depth: z
        .enum(['quick', 'full', 'deep'])
        .default('deep')
        .describe(
          'How far to look. quick: records, hash links, sizes and headers; full: also every file against SHA256SUMS; deep: every blob against its own name, everything else against what was sealed, every image complete.',
        )
        .meta(important),
      path: text(
        'A folder anywhere instead of the mirror: a mounted disk with sequences, one sequence, or a plain oc-mirror destination.',
      ).meta(important),
      sample: textOrNumber(
        'Read only a percentage of the bytes, `5%`: the sequences that were not checked for the longest time, then random blobs of the next one until the percentage is reached. Notes the day in custody.yaml. For scheduled runs.',
      ),
      record: flag('Note in custody.yaml that this copy was found sound today.'),
      allowUnsigned: flag(
        'With --path: check content that is not signed too, with a warning, although signers are configured.',
      ),
      as: text('The name of this copy in custody.yaml. Default: `store`, or the folder of `--path`.'),
      json,
    }),
  upload: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the newest sealed one.').meta(important),
      registry: text(
        'Where to: `host[:port][/namespace]`. For a site the default is the registry in its site.yaml.',
      ).meta(important),
      site: text(
        'The site whose registry this is, by its name: its ledger moves on when the registry has answered for every image.',
      ).meta(important),
      maxNestedPaths: MaxNestedPaths.describe(
        "How many parts the path of a repository may have in that registry, namespace included, as oc-mirror's option of this name: deeper ones are shortened. For a site the default is that in its site.yaml.",
      ),
      engine: z
        .enum(['auto', 'embedded', 'oc-mirror'])
        .default('auto')
        .describe(
          'What uploads. `auto` is the embedded engine, which needs no temporary disk and no cache, whatever made the archives.',
        ),
      force: flag('Upload although the registry has a later sequence; tags go back to the images of this one.'),
      dryRun: flag('Say what would be uploaded, and write nothing.'),
      json,
    }),
  reissue: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the newest sealed one.').meta(important),
      from: z
        .array(z.string())
        .default([])
        .describe(
          'Folders with other copies of its archives, such as a mounted disk, from the top of the workspace or absolute; may be given more than once.',
        )
        .meta(important),
      dryRun: flag('Say what would be made again and from where, and write nothing.'),
      json,
    }),
  bundle: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the newest sealed one.').meta(important),
      output: text(
        'The folder to write to, such as a mounted disk, absolute or from the top of the workspace. Several volumes get a folder each in it. With `--format=tar` a file, or `-` for standard output.',
      ).meta(important),
      site: z
        .array(z.string())
        .default([])
        .describe(
          'Sites that it is for, by name; may be given more than once. Several get one bundle with what any of them lacks.',
        )
        .meta(important),
      kind: z
        .enum(['baseline', 'cumulative', 'individual', 'site'])
        .optional()
        .describe(
          'baseline: all that the sequence needs, without anything else; cumulative: the archives of all sequences up to it; individual: its own archives; site: what the sites lack. Default: site where sites are named, else baseline.',
        ),
      media: textOrNumber(
        'What it is carried on: `dvd5`, `dvd9`, `bd25`, `bd50`, `bd100`, `fat32`, `usb:64G`, or a number of bytes. Default: that of the site, else one folder of any size.',
      ).meta(important),
      plan: flag('Show bytes, files, volumes and time of each kind, and write nothing.'),
      volume: z.number().optional().describe('Write only this volume, straight into the folder given.'),
      link: flag(
        'Write hard links instead of copies, for archives that are carried unchanged (cumulative, individual). They share their bytes with the store; verify before you carry the folder.',
      ),
      verify: flag('When everything is written, read every file back from the medium itself, not from memory.'),
      fresh: flag('As if the sites held nothing: for a registry that was wiped.'),
      need: text('A file with the digests that a far side lacks, one per line: exactly these are carried.'),
      reissue: text('Write a transfer again as it was, `T0007`; with `--volume` only the volume that was lost.'),
      format: z
        .enum(['folder', 'tar'])
        .default('folder')
        .describe('tar: one uncompressed file per volume instead of a folder.'),
      expires: text(
        'After how many days the bundle expires, `90d`. The signed statement says so, and seq-upload.sh refuses the bundle from then on. Default: `signing.expires` of seqmirror.yaml.',
      ),
      json,
    }),
  void: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      dryRun: flag('Say what would be removed, and change nothing.'),
    }),
  renumber: () =>
    z.strictObject({
      folder: z
        .string()
        .describe('The folder in content/ that is to get another number: `seq5-add-tempo`.')
        .meta(important),
      dryRun: flag('Say which number it would get, and change nothing.'),
    }),
  sign: () => z.strictObject({}),
  countersign: () =>
    z.strictObject({
      key: text(
        "The second person's key, from where you are: a private one, or the public half of one that an agent holds. Default: `signing.key` of seqmirror.yaml.",
      ).meta(important),
      path: text(
        'Instead of chain.lock: a bundle on its medium, one volume or the folder that holds all of them, from where you are.',
      ).meta(important),
    }),
  unlock: () =>
    z.strictObject({
      gone: text('The host that held the lock and is gone for good; only a person can know that of another machine.'),
    }),
  explain: () =>
    z.strictObject({
      code: z.union([z.string(), z.number()]).describe('The code, as messages name it: `SEQ0239`.').meta(important),
      json,
    }),
} satisfies Readonly<Record<CommandName, () => z.ZodObject>>;

/** The options of a command as its executor has them: with defaults filled in. */
export type CommandOptions<Name extends CommandName> = z.infer<ReturnType<(typeof commandOptions)[Name]>>;
