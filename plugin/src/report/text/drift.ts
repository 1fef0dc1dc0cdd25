import type { DriftOutcome } from '../../sites/registry-drift';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { listed } from './listed';

/** The output of `nx run mirror-site-<name>:drift`. */
export function renderDrift(outcome: DriftOutcome): string {
  const { site, project, registry, sequence, asked, tags, lacking, file, sound } = outcome;
  const asking = [
    counted(asked.tags, 'tag'),
    counted(asked.manifests, 'manifest'),
    `${asked.layers} layers and configs`,
  ].join(', ');
  const where = `${site}: ${sequence.folder} in ${printable(registry)}`;
  if (sound) return `${where}: nothing is missing (${asking})`;
  return [
    `${where}: the registry differs from the ledger (${asking})`,
    ...(lacking.blobs === 0
      ? []
      : [
          `  ${counted(lacking.blobs, 'blob')} missing, ${formatBytes(lacking.bytes)}, of ${counted(lacking.images.length, 'image')}:`,
          ...listed(lacking.images),
        ]),
    ...(tags.length === 0
      ? []
      : [
          `  ${counted(tags.length, 'tag')} with another image, or with none:`,
          ...listed(tags.map(({ place, there }) => `${place} is ${there ?? 'missing'}`)),
        ]),
    ...(file === undefined ? [] : [`The digests of the missing blobs are in ${printable(file)}`]),
    `Next: nx run ${project}:upload --thorough`,
    file === undefined && lacking.blobs > 0
      ? 'To carry the missing blobs on a medium: add --output=need.txt, which writes a list for `bundle --need`'
      : '',
    file === undefined
      ? ''
      : `Or carry them on a medium: nx run ${project}:bundle --need=${printable(file)} --output=<folder>`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
