/** The options of commands for one site. */
import { z } from 'zod';
import { flag, important, json, site, text, textOrNumber } from './option-kinds';

export const siteOptions = {
  acknowledge: () =>
    z.strictObject({
      site,
      receipt: text(
        'The receipt file, relative to the current folder. If the site signed the receipt, the signature must be beside it: `<file>.sig`.',
      ).meta(important),
      code: textOrNumber('The receipt code of 12 characters. You may use small letters, spaces and dashes.').meta(
        important,
      ),
      assume: flag(
        'For a site behind a diode: assume that the site has a sequence that you have sent `assume_after` times (site.yaml).',
      ),
      lost: text('The transfer that was lost: `T0002`. The next bundle contains the blobs of this transfer again.'),
      dryRun: flag('Show what would change, and write nothing.'),
      json,
    }),
  rollback: () =>
    z.strictObject({
      site,
      to: textOrNumber(
        'The last sequence that the site still has: `seq3`. With --tags: the sequence whose images the tags should point to.',
      ).meta(important),
      tags: flag(
        'Move the tags in the registry back to the images of the sequence of --to, too. Prints a plan first, and needs a registry that this machine can reach.',
      ).meta(important),
      registry: text('With --tags: the registry, `host[:port][/namespace]`. Default: the registry in site.yaml.'),
      apply: text(
        'With --tags: carry out the plan with this id, which the plan shows. If the plan has changed since then, nothing is done.',
      ),
      wiped: flag('The site has no sequence any more. The next bundle contains all blobs.').meta(important),
      cache: flag("Only the cache of the site's oc-mirror was lost. The registry still has all images."),
      note: text('The reason, on one line. The ledger records it.'),
      dryRun: flag('Show what would change, and write nothing.'),
      json,
    }),
  drift: () =>
    z.strictObject({
      site,
      registry: text('The registry: `host[:port][/namespace]`. Default: the registry in site.yaml.').meta(important),
      output: text(
        'The file for the digests that the registry lacks, relative to the current folder. If the registry lacks no digest, the command writes no file.',
      ).meta(important),
      json,
    }),
  cleanup: () =>
    z.strictObject({
      site,
      keep: z
        .number()
        .default(3)
        .describe('How many of the newest sequences of the site stay complete in the registry; at least 1.')
        .meta(important),
      registry: text('The registry: `host[:port][/namespace]`. Default: the registry in site.yaml.').meta(important),
      apply: text(
        'Carry out the plan with this id, which the plan shows. If the plan has changed since then, nothing is done.',
      ),
      json,
    }),
  apply: () =>
    z.strictObject({
      site,
      at: text('The sequence, for example `seq2`. Default: the last sequence that the site has acknowledged.'),
      registry: text('The registry: `host[:port][/namespace]`. Default: the registry in site.yaml.'),
      output: text(
        'Also write the files into this folder, relative to the current folder: a new folder, or a folder with nothing but these files.',
      ).meta(important),
      run: flag(
        'Apply the plan to a cluster with `oc` or `kubectl`, whichever is on PATH, step by step. NODES MAY REBOOT.',
      ).meta(important),
      context: text('With --run: the context of the kubeconfig. Default: the current context.').meta(important),
      json,
    }),
};
