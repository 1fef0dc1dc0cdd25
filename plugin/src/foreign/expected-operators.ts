import type { Bundle } from '../catalog/bundles';
import { bundlesIn } from '../catalog/bundles';
import type { MirroredCatalog } from '../catalog/mirrored-catalog';
import { findCatalog } from '../catalog/mirrored-catalog';
import { fileBasedCatalogIn } from '../catalog/working-dir';
import { destinationOfImage } from '../imageset/destination';
import { withoutTransport } from '../oci/reference';
import { isSeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { ExpectedImage, ContentWitness } from './expected-image';

/** The catalogs of a configuration as they lie in the archives, and every image that their bundles name. */
export async function expectedOperators({ config, workingDir, tags }: ContentWitness) {
  const images: ExpectedImage[] = [];
  const catalogs: MirroredCatalog[] = [];
  const notes: string[] = [];
  for (const entry of config.mirror.operators ?? []) {
    const catalog = await findCatalog(entry, { workingDir, tags, from: 'archives' });
    const source = withoutTransport(entry.catalog);
    if (catalog === undefined) {
      notes.push(
        `The archives do not contain the catalog ${printable(source)} as this configuration filters it, so seqmirror finds its images by their tags`,
      );
      continue;
    }
    catalogs.push(catalog);
    const { repository, original, rebuilt, folder } = catalog;
    const image = { kind: 'operator' as const, source, repository };
    // oc-mirror does not keep the original of a catalog by digest under a tag.
    if (tags.has(`${repository}:${original.tag}`)) images.push({ ...image, tag: original.tag });
    if (rebuilt !== undefined) images.push({ ...image, tag: rebuilt.tag });
    try {
      const files = fileBasedCatalogIn(workingDir.paths, folder);
      if (files.some((path) => /\.ya?ml$/.test(path))) {
        notes.push(
          `${printable(source)} is partly in YAML, which seqmirror does not read, so it finds those images by their tags`,
        );
      }
      for (const path of files.filter((each) => each.endsWith('.json'))) {
        for await (const bundle of bundlesIn(workingDir.file(path)?.pieces() ?? [], { file: `working-dir/${path}` })) {
          images.push(...imagesOf(bundle));
        }
      }
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      notes.push(`${error.what}: seqmirror finds its images by the tags in the archives`);
    }
  }
  return { images, catalogs, unknown: notes.length > 0 ? (['operator'] as const) : [], notes };
}

function imagesOf({ image, relatedImages }: Bundle): ExpectedImage[] {
  return [image, ...relatedImages.map((related) => related.image)]
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'operator', source: withoutTransport(name), ...destinationOfImage({ name }) }));
}
