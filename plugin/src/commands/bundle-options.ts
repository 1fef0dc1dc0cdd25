/** The options of `bundle`, which has the most. */
import { z } from 'zod';
import { flag, important, json, sequenceOfMirror, text, textOrNumber } from './option-kinds';

export const bundleOptions = () =>
  z.strictObject({
    sequence: sequenceOfMirror('the newest sealed sequence.').meta(important),
    output: text(
      'The output folder, for example a mounted disk: an absolute path, or relative to the top of the workspace. Each of several volumes gets a folder inside. With `--format=tar`: a file, or `-` for standard output.',
    ).meta(important),
    site: z
      .array(z.string())
      .default([])
      .describe(
        'The name of a site that gets the bundle. You can use --site more than once. All named sites get the same bundle, with all blobs that at least one of these sites lacks.',
      )
      .meta(important),
    kind: z
      .enum(['baseline', 'cumulative', 'individual', 'site'])
      .optional()
      .describe(
        'The content of the bundle: the blobs that the sites lack (site), all blobs of the sequence (baseline), the archives of all sequences up to this sequence (cumulative), or only the archives of this sequence (individual). Default: with --site, site; without --site, baseline.',
      ),
    media: textOrNumber(
      'The medium: `dvd5`, `dvd9`, `bd25`, `bd50`, `bd100`, `fat32`, `usb:64G`, or a number of bytes. Default: the medium in site.yaml, else one folder without a size limit.',
    ).meta(important),
    plan: flag('Show bytes, files, volumes and time of each kind, and write nothing.'),
    volume: z.number().optional().describe('Write only this volume, directly into the output folder.'),
    link: flag(
      'Write hard links to the archives in the store instead of copies. You can use --link for the kinds cumulative and individual. Verify the folder before you carry it.',
    ),
    verify: flag(
      'After writing, read every file back from the medium, bypassing the page cache, and compare its hash.',
    ),
    fresh: flag(
      'Write all blobs, although the ledger says that the sites have some of them. Use --fresh for a registry that was wiped.',
    ),
    need: text(
      'A file with the digests of the blobs that a site lacks, one per line. The bundle contains exactly these blobs.',
    ),
    reissue: text(
      'Write an earlier transfer again, for example `T0007`. With `--volume`, write only the volume that was lost.',
    ),
    format: z
      .enum(['folder', 'tar'])
      .default('folder')
      .describe('The form of the output. With tar, each volume is one uncompressed tar file instead of a folder.'),
    image: z
      .enum(['iso'])
      .optional()
      .describe(
        'Also make an image of each volume, beside the folder of the volume, and read every file in the image back. With iso, the image is an ISO image for a disc. --image needs xorriso, and as much disk space again.',
      ),
    expires: text(
      'The number of days after which the bundle expires, for example `90d`. seq-upload.sh refuses an expired bundle. Default: `signing.expires` in seqmirror.yaml.',
    ),
    json,
  });
