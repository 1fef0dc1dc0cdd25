/** The options of a bundle, and which exclude each other. */
import type { Writable } from 'node:stream';
import type { MirrorLocation } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { daysPattern } from '../mirror/signing-settings';
import type { BundleKind } from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';
import { printable } from '../system/printable';
import { bundleOptionsContradict } from './errors';

/** The options of `bundleSequence`. */
export interface BundleOptions extends Run {
  readonly location: MirrorLocation;
  /** The head: `seq2-add-logging`. Default: the newest sealed sequence. */
  readonly folder?: string | undefined;
  /** A folder, absolute or relative to the top of the workspace; for `tar` a file. Not needed to plan. */
  readonly output?: string | undefined;
  /** Default: `site` if sites are named, else `baseline`. */
  readonly kind?: BundleKind | undefined;
  readonly sites: readonly string[];
  readonly media?: string | undefined;
  /** Show what each kind would take, and write nothing. */
  readonly plan: boolean;
  /** Make hard links to archives that are carried as they are. */
  readonly link: boolean;
  /** Read every volume back from its medium. */
  readonly verify: boolean;
  /** As for sites that hold nothing. */
  readonly fresh: boolean;
  /** A file with the digests that the far side lacks. */
  readonly need?: string | undefined;
  /** A transfer to make again as it was. */
  readonly reissue?: string | undefined;
  /** Only this volume. */
  readonly volume?: number | undefined;
  readonly format: 'folder' | 'tar';
  /** Make an ISO image of each volume, beside its folder. */
  readonly image?: 'iso' | undefined;
  /** After how many days it must not be used any more: `90d`. Default: from `signing` in seqmirror.yaml. */
  readonly expires?: string | undefined;
  /** Path of seqmirror-upload.js, which is enclosed; `undefined`: the far side needs oc-mirror. */
  readonly uploader: string | undefined;
  /** Where to write for `tar` with output `-`. */
  readonly stream?: Writable | undefined;
}

/**
 * When a bundle expires: counted from when it was made; for a transfer that is made again, from now.
 *
 * @param options.days `90d`; `undefined`: it does not expire
 */
export function expiryOf({
  days,
  again,
}: {
  days: string | undefined;
  /** The present time, for a transfer that is made again. */
  again: Date | undefined;
}): (made: string) => string | undefined {
  if (days === undefined) return () => undefined;
  const milliseconds = Number.parseInt(days, 10) * 24 * 60 * 60 * 1000;
  return (made) => timestampOf(new Date((again?.getTime() ?? Date.parse(made)) + milliseconds));
}

/** @throws SEQ0674 */
export function refuseContradictions({
  plan,
  output,
  format,
  image,
  need,
  kind,
  reissue,
  link,
  volume,
  verify,
  expires,
}: BundleOptions): void {
  const refuse = (what: string, next: string): never => {
    throw bundleOptionsContradict({ what, next });
  };
  if (!plan && output === undefined)
    refuse(
      '--output is missing',
      'Give the folder for the bundle: --output=/media/disk. To see only the plan, give --plan',
    );
  if (need !== undefined && kind !== undefined && kind !== 'site')
    refuse(
      `--need and --kind=${kind} cannot be used together`,
      'Leave out --kind: a bundle with --need contains exactly the listed blobs',
    );
  if (reissue !== undefined && (kind !== undefined || need !== undefined))
    refuse(
      '--reissue cannot be used with --kind or --need',
      'Leave out --kind and --need: --reissue writes a transfer again as it was sent',
    );
  if (format === 'tar' && link)
    refuse(
      '--link cannot be used with --format=tar',
      'Leave out --link: a tar stream cannot contain hard links to the store',
    );
  if (format === 'tar' && verify && output === '-')
    refuse(
      '--verify cannot be used with --output=-',
      'Leave out --verify: seqmirror cannot read standard output back. The site checks SHA256SUMS',
    );
  if (image !== undefined && format === 'tar')
    refuse(
      '--image cannot be used with --format=tar',
      'Leave out --format=tar: an image contains the folder of a volume',
    );
  if (expires !== undefined && !daysPattern.test(expires))
    refuse(
      `--expires=${printable(expires)} is not a number of days`,
      'Write for example --expires=90d; at most 9999d is possible',
    );
  if (volume !== undefined && volume < 1) refuse(`There is no volume ${volume}`, 'Give a number from 1: --volume=1');
}
