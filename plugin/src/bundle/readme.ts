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
    ...wrapped(
      `Made:       ${made}, of the mirror ${plan.mirrorId}${sites.length === 0 ? '' : `, for ${sites.join(', ')}`}`,
    ),
    `Head:       ${head.folder}`,
    `            ${head.seal}`,
    ...(volumes === 1
      ? []
      : [`Volume:     ${number} of ${volumes}; all of them are needed, in any order:`, ...labels(plan)]),
    ...(content.needs.length === 0
      ? ['Needs:      nothing']
      : wrapped(`Needs:      a site that has ${needsInWords(content.needs)}`)),
    ...(inCache.length === 0
      ? []
      : wrapped(
          `            ${inCache.map(({ folder }) => folder).join(', ')} in the cache of the oc-mirror that uploads it; without that cache, ask for a bundle for a site whose cache is gone`,
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
            ? '  ./seq-upload.sh ingest                 puts archives in pieces together'
            : '  ./seq-upload.sh ingest                 once from each volume',
          '  ./seq-upload.sh <registry>             afterwards',
        ]),
    '',
    ...plan.shallow.flatMap(({ site, maxNestedPaths }) =>
      wrapped(
        `Paths:      At ${site} the registry takes ${maxNestedPaths} parts in the path of a repository: add --max-nested-paths=${maxNestedPaths} to ./seq-upload.sh <registry>, or write max_nested_paths=${maxNestedPaths} into the settings of the site's folder.`,
      ),
    ),
    `Where files cannot be started from this medium: sh seq-upload.sh …`,
    ...wrapped(
      encloses
        ? `Requirements: Node 20.3 or later, for seqmirror-upload.js which is enclosed; or oc-mirror 4.18 or later. The script takes oc-mirror where it finds both; --engine=enclosed chooses.`
        : 'Requirements: oc-mirror 4.18 or later.',
    ),
    ...wrapped(
      `Time and space: about ${formatDuration((bytes / bytesASecond) * 1000)} for checking and uploading, and ` +
        `${formatBytes(taken ? 2 * bytes : bytes)} beside the registry where oc-mirror uploads` +
        `${!encloses ? '' : !taken ? '; none where Node and the enclosed uploader do' : ', or half of it with the enclosed uploader'}.`,
    ),
    ...wrapped(
      'Afterwards send the receipt back that the script leaves: then the next bundle carries only what is new.',
    ),
    '',
  ].join('\n');
}

function whatItIs({ content, sites }: BundlePlan): string {
  switch (content.kind) {
    case 'baseline':
      return 'everything that the head needs; a new registry needs nothing else';
    case 'cumulative':
      return 'all sequences up to the head; a new registry needs nothing else';
    case 'individual':
      return "one sequence's own archives";
    case 'site':
      return content.needs.length === 0
        ? 'everything that the head needs'
        : `what ${sites.length === 1 ? sites[0] : 'the sites'} lack${sites.length === 1 ? 's' : ''} of the head; ${counted(content.leftOut.blobs, 'layer')} (${formatBytes(content.leftOut.bytes)}) are left out`;
  }
}

function labels(plan: BundlePlan): string[] {
  const all = plan.layout.volumes.map(({ number }) => `            [ ] ${labelOf(plan, number)}`);
  return all.length > mostLines ? [...all.slice(0, mostLines), `            … to ${plan.layout.volumes.length}`] : all;
}

function wrapped(text: string): string[] {
  return wrapWords(printable(text, { limit: 2000 }), { width: 78, indent: ' '.repeat(12) });
}
