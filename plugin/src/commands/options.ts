/**
 * The options of every command, from which the executors' schemas and the types of their options are made. Options
 * without a default may be left out; a number on a command line arrives as a number.
 */
import { z } from 'zod';
import { MaxNestedPaths } from '../registry/destination';
import { bundleOptions } from './bundle-options';
import type { CommandName } from './commands';
import { flag, format, important, json, sequence, sequenceOfMirror, text, textOrNumber } from './option-kinds';
import { siteOptions } from './site-options';

/** Made when they are asked for: a task needs one row. */
export const commandOptions = {
  mirror: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      dryRun: flag('Show what a run would download. Download no layer, write nothing, and take no lock.'),
      refresh: flag(
        'Mirror although the imageset configuration is the same as the previous one, because tags or catalogs have changed upstream.',
      ),
      watch: flag(
        'Show the output while the task runs, although you started the task of another project. `mirror:seq2` and `mirror:latest` set this option.',
      ),
    }),
  plan: () =>
    z.strictObject({
      sequence: sequenceOfMirror(
        'the next planned sequence. If no sequence is planned: the configuration of the newest sealed sequence, to show what has changed upstream.',
      ),
      media: textOrNumber(
        'Also show how many volumes of this medium are needed: `dvd5`, `dvd9`, `bd25`, `bd50`, `bd100`, `fat32`, `usb:64G`, or a number of bytes.',
      ).meta(important),
      format,
      json,
    }),
  check: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      earlier: flag('Also check all earlier sequences.'),
      dryRun: flag(
        'Has no effect, because a check changes nothing. --dryRun exists because Nx passes the options of a run to the checks of earlier sequences too.',
      ),
      refresh: flag(
        'Has no effect, because a sealed sequence is never mirrored again. --refresh exists because Nx passes the options of a run to the checks of earlier sequences too.',
      ),
    }),
  list: () =>
    z.strictObject({
      all: flag(
        'List all sequences. Without --all, the table shows only the last 24 sealed sequences, and the planned sequences.',
      ),
      json,
    }),
  diff: () =>
    z.strictObject({
      sequence: text(
        'The folder of the later sequence, relative to the top of the workspace: `mirror/content/seq2-add-logging`. Default: the last sealed sequence.',
      ),
      site: text('The name of a site. The earlier sequence is the newest sequence that this site has acknowledged.'),
      from: textOrNumber(
        'The earlier sequence: `seq1`, or `nothing`. Default: with --site, the newest sequence of the site; without --site, the sequence before the later sequence.',
      ).meta(important),
      to: textOrNumber('The later sequence: `seq3`. Default: the last sealed sequence.').meta(important),
      format,
      json,
    }),
  info: () => z.strictObject({ json }),
  doctor: () =>
    z.strictObject({
      offline: flag('Do not connect to registries.'),
      json,
    }),
  status: () =>
    z.strictObject({
      site: text(
        'The folder of the site, relative to the top of the workspace: `mirror/sites/bravo`. Default: all sites of the mirror.',
      ),
      json,
    }),
  metrics: () =>
    z.strictObject({
      output: text(
        'The output file, relative to the current folder. seqmirror replaces the file in one step, so a reader never sees half a file. Default: print the metrics.',
      ).meta(important),
    }),
  report: () =>
    z.strictObject({
      output: text(
        'The output folder: an absolute path, or relative to the top of the workspace. Default: `dist/<folder of the mirror>/report`. Under Nx, the folder must be in the workspace.',
      ).meta(important),
      all: flag(
        'Write the pages of all transfers, and the documents of all sequences. Default: only the page of the newest transfer, and the documents of the newest sequence.',
      ),
      json,
    }),
  export: () =>
    z.strictObject({
      output: text(
        'The output folder, relative to the current folder. Default: the folder `export` beside seqmirror.yaml. Files that `export` has not written stay unchanged.',
      ).meta(important),
      at: text(
        'Write the resources of this sequence for all sites, for example `seq2`. Default: for each site, the last sequence that the site has acknowledged.',
      ),
      dryRun: flag('Show which files would be written or deleted, and change nothing.'),
      json,
    }),
  ...siteOptions,
  validate: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the whole chain.'),
      depth: z
        .enum(['quick', 'full', 'deep'])
        .default('deep')
        .describe(
          'The depth of the checks: records, seals, sizes and tar headers (quick), also the hash of every file (full), or also the digest of every blob and every manifest and layer of every image (deep).',
        )
        .meta(important),
      path: text(
        'Check this folder instead of the mirror: a bundle, a disk with folders of sequences, the folder of one sequence, or a folder that oc-mirror wrote.',
      ).meta(important),
      sample: textOrNumber(
        'Read only a percentage of the bytes, `5%`, for scheduled runs. The check starts with the sequences whose last check is oldest, and ends with random blobs of one more sequence. custody.yaml records the day of the check.',
      ),
      record: flag('Record in custody.yaml that this copy of the archives was verified today.'),
      allowUnsigned: flag(
        'With --path: also check content without a signature, although signers are configured. The command prints a warning.',
      ),
      as: text('The name of this copy of the archives in custody.yaml. Default: `store`, or the folder of `--path`.'),
      json,
    }),
  upload: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the newest sealed sequence.').meta(important),
      registry: text(
        'The registry: `host[:port][/namespace]`. For a site, the default is the registry in site.yaml.',
      ).meta(important),
      site: text(
        'The name of the site that has this registry. After the registry has confirmed every image, seqmirror updates the ledger of the site.',
      ).meta(important),
      maxNestedPaths: MaxNestedPaths.describe(
        'Shorten repository paths to at most this number of parts, including the namespace, like the option `--max-nested-paths` of oc-mirror. For a site, the default is the value in site.yaml.',
      ),
      engine: z
        .enum(['auto', 'embedded', 'oc-mirror'])
        .default('auto')
        .describe(
          'The engine that uploads. `auto` means the embedded engine. The embedded engine can upload archives of both engines, and needs no cache and no temporary disk space.',
        ),
      force: flag(
        'Upload although the registry has a later sequence. Tags then point to the images of this sequence again.',
      ),
      thorough: flag(
        'Ask the registry for every layer, also of images whose tag the registry has, and upload the layers that the registry has lost.',
      ),
      dryRun: flag('Show what would be uploaded, and write nothing.'),
      json,
    }),
  reissue: () =>
    z.strictObject({
      sequence: sequenceOfMirror('the newest sealed sequence.').meta(important),
      from: z
        .array(z.string())
        .default([])
        .describe(
          'A folder with another copy of the archives, for example a mounted disk: an absolute path, or relative to the top of the workspace. You can use --from more than once.',
        )
        .meta(important),
      dryRun: flag('Show which archives would be made again, and where their blobs come from. Write nothing.'),
      json,
    }),
  custody: () =>
    z.strictObject({
      sequence: sequenceOfMirror('all sealed sequences.'),
      copy: text(
        'Copy the archives on this machine to this place: an existing folder, absolute or relative to the top of the workspace, or `s3://bucket/prefix`. Archives that are there already are only read. custody.yaml records the copy.',
      ).meta(important),
      verify: flag(
        'Read every byte of the copies, and record the day in custody.yaml. A copy whose bytes differ is removed from custody.yaml.',
      ).meta(important),
      place: text('With --verify: only the copies at this place, as the list names it. Default: all places.'),
      quick: flag(
        'With --verify: compare only sizes, and the sha256 that object storage states. This does not prove that the bytes are right, and nothing is recorded.',
      ),
      dryRun: flag('With --copy: show which archives would be copied. Write nothing.'),
      json,
    }),
  prune: () =>
    z.strictObject({
      keep: z
        .number()
        .default(3)
        .describe('How many of the newest sequences to keep, each with all sequences that it needs; at least 1.')
        .meta(important),
      olderThan: text(
        'Delete or move only archives of sequences that were sealed more than this number of days ago, for example `180d`.',
      ),
      to: text(
        'Move the archives to this place instead of deleting them: an existing folder, for example a mounted disk, absolute or relative to the top of the workspace, or `s3://bucket/prefix`. custody.yaml records the place.',
      ).meta(important),
      apply: text(
        'Carry out the plan with this id, which the plan shows. If the plan has changed since then, the command changes nothing.',
      ),
      json,
    }),
  restore: () =>
    z.strictObject({
      sequence: text(
        'A sequence such as `seq2`, or the folder of a sequence, relative to the top of the workspace.',
      ).meta(important),
      from: text(
        'The place with the copy: a folder, absolute or relative to the top of the workspace, or `s3://bucket/prefix`. Default: the places in custody.yaml of the sequence.',
      ).meta(important),
      dryRun: flag('Show which archives would be copied, and from where. Write nothing.'),
      json,
    }),
  bundle: bundleOptions,
  void: () =>
    z.strictObject({
      sequence: sequence.meta(important),
      dryRun: flag('Show what would be deleted, and change nothing.'),
    }),
  renumber: () =>
    z.strictObject({
      folder: z
        .string()
        .describe('The folder in content/ whose sequence gets another number: `seq5-add-tempo`.')
        .meta(important),
      dryRun: flag('Show the new number, and change nothing.'),
    }),
  sign: () => z.strictObject({}),
  countersign: () =>
    z.strictObject({
      key: text(
        "The second person's key, relative to the current folder: a private key, or a public key whose private key is in an ssh-agent. Default: `signing.key` in seqmirror.yaml.",
      ).meta(important),
      path: text(
        'Sign a bundle instead of chain.lock: the folder of one volume, or the folder that contains all volumes, relative to the current folder.',
      ).meta(important),
    }),
  unlock: () =>
    z.strictObject({
      gone: text(
        'The host that holds the lock, if you know that this machine no longer exists or no longer runs seqmirror.',
      ),
    }),
  explain: () =>
    z.strictObject({
      code: z.union([z.string(), z.number()]).describe('The error code, for example `SEQ0239`.').meta(important),
      json,
    }),
} satisfies Readonly<Record<CommandName, () => z.ZodObject>>;

/** The options of a command as its executor has them: with defaults filled in. */
export type CommandOptions<Name extends CommandName> = z.infer<ReturnType<(typeof commandOptions)[Name]>>;
