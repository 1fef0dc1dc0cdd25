/** README.txt: one page to print, in at most 78 columns. */
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { formatDuration } from '../system/duration';
import { printable } from '../system/printable';
import { wrapWords } from '../system/wrap';
import type { VolumeFacts } from '../volumes/bundle-file';
import { uploaderFile } from './enclosed-uploader';
import { neededInCache, needsInWords } from './needs';
import type { BundlePlan } from './plan';
import { bytesOfVolumes, isTakenIn, labelOf } from './plan';

// The most lines that a list on the page may have.
const mostLines = 12;
// What a modest far side achieves: hashing, and pushing into a registry.
const bytesASecond = 60e6;

export function renderReadme(plan: BundlePlan, { number, made, archives }: VolumeFacts): string {
  const { content, head, sites, layout } = plan;
  const volumes = layout.volumes.length;
  const taken = isTakenIn(plan);
  const inCache = neededInCache(content.needs);
  const encloses = plan.records.some(({ path }) => path === uploaderFile);
  const bytes = bytesOfVolumes(layout.volumes);
  return [
    `${labelOf(plan, number)}`,
    '',
    ...wrapped(`Content:    ${whatItIs(plan)}`),
    ...wrapped(`Made:       ${made}${sites.length === 0 ? '' : `, for ${sites.join(', ')}`}`),
    ...wrapped(`Mirror:     ${plan.mirrorId}; the site folder is ~/.seqmirror/${plan.mirrorId}`),
    `Newest:     ${head.folder}`,
    `Seal: ${head.seal}`,
    ...(volumes === 1
      ? []
      : [`Volume:     ${number} of ${volumes}. You need all volumes, in any order:`, ...labels(plan)]),
    ...(content.needs.length === 0
      ? ['Needs:      no earlier sequence']
      : wrapped(`Needs:      a site that has ${needsInWords(content.needs)}`)),
    ...(inCache.length === 0
      ? []
      : wrapped(
          `            and ${inCache.map(({ folder }) => folder).join(', ')} in oc-mirror's cache at the site. If that cache was deleted, ask the sender for another bundle.`,
        )),
    `Size:       ${counted(plan.carried.blobs, 'blob')}, ${formatBytes(bytes)} in total`,
    ...archives
      .slice(0, mostLines)
      .flatMap(({ path, bytes: length, sha256 }) => [
        `            ${path}  ${formatBytes(length)}`,
        `            ${sha256}`,
      ]),
    ...(archives.length > mostLines
      ? [`            and ${archives.length - mostLines} more archives: see SHA256SUMS`]
      : []),
    '',
    'At the site, run in this folder:',
    '',
    '  sha256sum -c SHA256SUMS --quiet        checks every file',
    ...(!taken
      ? [
          '  ./seq-upload.sh <registry> --dry-run   checks everything and changes nothing',
          '  ./seq-upload.sh <registry>             uploads the images',
        ]
      : [
          volumes === 1
            ? '  ./seq-upload.sh ingest                 joins the pieces of the archives'
            : '  ./seq-upload.sh ingest                 run this on each volume',
          '  ./seq-upload.sh <registry>             then uploads',
        ]),
    '',
    ...plan.shallow.flatMap(({ site, maxNestedPaths }) =>
      wrapped(
        `Paths:      The registry of ${site} accepts repository paths of at most ${maxNestedPaths} parts. Add --max-nested-paths=${maxNestedPaths} to ./seq-upload.sh <registry>, or write max_nested_paths=${maxNestedPaths} into ~/.seqmirror/${plan.mirrorId}/settings.`,
      ),
    ),
    ...wrapped('If this medium is mounted with noexec, run "sh seq-upload.sh" instead of "./seq-upload.sh".'),
    ...wrapped(
      encloses
        ? `Programs:   You need Node 20.3 or later, or oc-mirror 4.18 or later. With Node, the script runs seqmirror-upload.js, which is on this medium. If both are installed, the script uses oc-mirror. To use Node instead, add --engine=enclosed.`
        : 'Programs:   You need oc-mirror 4.18 or later.',
    ),
    ...wrapped(`Time:       about ${timeOf(bytes)} to check and upload`),
    ...wrapped(
      `Disk space: ${formatBytes(taken ? 2 * bytes : bytes)} in the site folder with oc-mirror` +
        `${!encloses ? '' : `, ${taken ? formatBytes(bytes) : 'none'} with seqmirror-upload.js`}. The registry needs disk space for the images, too.`,
    ),
    ...wrapped(
      'Afterwards: Send the receipt that the script writes back to the sender. The next bundle then contains only what is new.',
    ),
    '',
  ].join('\n');
}

/** `0:26 (minutes:seconds)` */
function timeOf(bytes: number): string {
  const time = formatDuration((bytes / bytesASecond) * 1000);
  return `${time} (${time.split(':').length > 2 ? 'hours:' : ''}minutes:seconds)`;
}

function whatItIs({ content, sites, head: { folder } }: BundlePlan): string {
  const who = sites.length === 1 ? sites[0] : 'the sites';
  const lacks = sites.length === 1 ? 'lacks' : 'lack';
  switch (content.kind) {
    case 'baseline':
      return `all blobs of ${folder}, for any registry, even an empty one`;
    case 'cumulative':
      return `all sequences up to ${folder}, for any registry, even an empty one`;
    case 'individual':
      return `only the archives of ${folder}`;
    case 'site':
      return content.needs.length === 0
        ? `all blobs that ${who} ${lacks}, up to ${folder}`
        : `the blobs that ${who} ${lacks}, up to ${folder}; without ${counted(content.leftOut.blobs, 'layer')} (${formatBytes(content.leftOut.bytes)}) that ${sites.length === 1 ? 'the site has' : 'the sites have'} already`;
  }
}

function labels(plan: BundlePlan): string[] {
  const all = plan.layout.volumes.map(({ number }) => `            [ ] ${labelOf(plan, number)}`);
  return all.length > mostLines ? [...all.slice(0, mostLines), `            … to ${plan.layout.volumes.length}`] : all;
}

function wrapped(text: string): string[] {
  return wrapWords(printable(text, { limit: 2000 }), { width: 78, indent: ' '.repeat(12) });
}
