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
    ...wrapped(`What it is: ${whatItIs(plan)}`),
    ...wrapped(`Made:       ${made}${sites.length === 0 ? '' : `, for ${sites.join(', ')}`}`),
    ...wrapped(`Mirror:     ${plan.mirrorId}; at the site the script keeps its files in ~/.seqmirror/${plan.mirrorId}`),
    `Up to:      ${head.folder}`,
    `Seal: ${head.seal}`,
    ...(volumes === 1
      ? []
      : [`Volume:     ${number} of ${volumes}; all of them are needed, in any order:`, ...labels(plan)]),
    ...(content.needs.length === 0
      ? ['Needs:      nothing']
      : wrapped(`Needs:      a site that has ${needsInWords(content.needs)}`)),
    ...(inCache.length === 0
      ? []
      : wrapped(
          `            and ${inCache.map(({ folder }) => folder).join(', ')} in the cache of the oc-mirror that uploads it; if that cache is gone, tell the sender, who then makes another bundle`,
        )),
    `Holds:      ${counted(plan.carried.blobs, 'blob')}, ${formatBytes(bytes)} in all`,
    ...archives
      .slice(0, mostLines)
      .flatMap(({ path, bytes: length, sha256 }) => [
        `            ${path}  ${formatBytes(length)}`,
        `            ${sha256}`,
      ]),
    ...(archives.length > mostLines ? [`            and ${archives.length - mostLines} more, in SHA256SUMS`] : []),
    '',
    'On the far side, in this folder:',
    '',
    '  sha256sum -c SHA256SUMS --quiet        every byte is what was sent',
    ...(!taken
      ? [
          '  ./seq-upload.sh <registry> --dry-run   checks everything, changes nothing',
          '  ./seq-upload.sh <registry>             uploads',
        ]
      : [
          volumes === 1
            ? '  ./seq-upload.sh ingest                 joins the archives that are in pieces'
            : '  ./seq-upload.sh ingest                 once from each volume',
          '  ./seq-upload.sh <registry>             afterwards',
        ]),
    '',
    ...plan.shallow.flatMap(({ site, maxNestedPaths }) =>
      wrapped(
        `Paths:      At ${site} the registry takes ${maxNestedPaths} parts in the path of a repository: add --max-nested-paths=${maxNestedPaths} to ./seq-upload.sh <registry>, or write max_nested_paths=${maxNestedPaths} into ~/.seqmirror/${plan.mirrorId}/settings.`,
      ),
    ),
    'Where no program can be started from this medium: sh seq-upload.sh …',
    ...wrapped(
      encloses
        ? `Programs:   Node 20.3 or later, for seqmirror-upload.js which is enclosed; or oc-mirror 4.18 or later. Where both are installed, the script uses oc-mirror; with --engine=enclosed, it uses Node.`
        : 'Programs:   oc-mirror 4.18 or later.',
    ),
    ...wrapped(`Time:       about ${timeOf(bytes)} for checking and uploading`),
    ...wrapped(
      `Disk space: ${formatBytes(taken ? 2 * bytes : bytes)} with oc-mirror` +
        `${!encloses ? '' : `; ${taken ? formatBytes(bytes) : 'none'} with the enclosed uploader`}. The registry's own disk is not counted.`,
    ),
    ...wrapped(
      'Afterwards: send back the receipt that the script writes. The next bundle then carries only what is new.',
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
      return `everything that a registry needs for ${folder}, even an empty one`;
    case 'cumulative':
      return `all sequences up to ${folder}; an empty registry needs nothing else`;
    case 'individual':
      return `the archives of ${folder} alone`;
    case 'site':
      return content.needs.length === 0
        ? `everything that ${who} ${lacks} up to ${folder}`
        : `what ${who} ${lacks} up to ${folder}, without ${counted(content.leftOut.blobs, 'layer')} (${formatBytes(content.leftOut.bytes)}) already there`;
  }
}

function labels(plan: BundlePlan): string[] {
  const all = plan.layout.volumes.map(({ number }) => `            [ ] ${labelOf(plan, number)}`);
  return all.length > mostLines ? [...all.slice(0, mostLines), `            … to ${plan.layout.volumes.length}`] : all;
}

function wrapped(text: string): string[] {
  return wrapWords(printable(text, { limit: 2000 }), { width: 78, indent: ' '.repeat(12) });
}
