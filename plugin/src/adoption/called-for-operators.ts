import { basename } from 'node:path/posix';
import type { Bundle } from '../catalog/bundles';
import { bundlesIn } from '../catalog/bundles';
import { filterIds, isWholeCatalog, nameOfCatalog } from '../catalog/filter-id';
import type { CatalogInCache } from '../engine/oc-mirror/catalogs';
import { withoutTransport } from '../engine/oc-mirror/log';
import { destinationOfCatalog, destinationOfImage } from '../imageset/destination';
import type { OperatorCatalog } from '../imageset/schema';
import { digestFromHex, hexOf, isDigest } from '../oci/digest';
import { isSeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { CalledFor, CallingFrom } from './called-for';
import type { WorkingDir } from './working-dir';

/** The catalogs of a configuration as they lie in the archives, and every image that their bundles name. */
export async function operatorsCalledFor({ config, workingDir, tags }: CallingFrom) {
  const images: CalledFor[] = [];
  const catalogs: { entry: OperatorCatalog; found: CatalogInCache }[] = [];
  const notes: string[] = [];
  for (const entry of config.mirror.operators ?? []) {
    const { found, folder } = await findCatalog(entry, { workingDir, tags });
    const source = withoutTransport(entry.catalog);
    if (found === undefined || folder === undefined) {
      notes.push(
        `The archives do not hold ${printable(source)} as this configuration filters it: its images are taken from their tags`,
      );
      continue;
    }
    catalogs.push({ entry, found });
    const catalog = { kind: 'operator' as const, source, repository: found.repository };
    // Of a catalog by digest, oc-mirror does not keep the original under a tag.
    if (tags.has(`${found.repository}:${found.original.tag}`)) images.push({ ...catalog, tag: found.original.tag });
    if (found.rebuilt !== undefined) images.push({ ...catalog, tag: found.rebuilt.tag });
    try {
      const files = workingDir.paths.filter((each) => each.startsWith(`${folder}/`));
      if (files.some((path) => /\.ya?ml$/.test(path))) {
        notes.push(`${printable(source)} is partly in YAML, which is not read: those images are taken from their tags`);
      }
      for (const path of files.filter((each) => each.endsWith('.json'))) {
        for await (const bundle of bundlesIn(workingDir.pieces(path), { file: `working-dir/${path}` })) {
          images.push(...imagesOf(bundle));
        }
      }
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      notes.push(`${error.what}: which images it calls for is taken from the archives' tags`);
    }
  }
  return { images, catalogs, unknown: notes.length > 0 ? (['operator'] as const) : [], notes };
}

function imagesOf({ image, relatedImages }: Bundle): CalledFor[] {
  return [image, ...relatedImages.map((related) => related.image)]
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'operator', source: withoutTransport(name), ...destinationOfImage({ name }) }));
}

interface Found {
  readonly found: CatalogInCache | undefined;
  /** Below working-dir, where its file-based catalog is. */
  readonly folder: string | undefined;
}

async function findCatalog(entry: OperatorCatalog, { workingDir, tags }: Omit<CallingFrom, 'config'>): Promise<Found> {
  const { repository, tag } = destinationOfCatalog(entry);
  const named = entry.catalog.split('@').at(1) ?? '';
  const digest = tags.get(`${repository}:${tag}`) ?? (isDigest(named) ? named : undefined);
  if (digest === undefined) return { found: undefined, folder: undefined };
  const original = { tag, digest };
  const kept = `operator-catalogs/${basename(nameOfCatalog(entry.catalog))}/${hexOf(digest)}`;
  if (isWholeCatalog(entry)) return { found: { repository, original }, folder: `${kept}/catalog-config` };
  for (const id of filterIds(entry, digest)) {
    const filtered = `${kept}/filtered-catalogs/${id}`;
    const hex = await rebuiltHex(workingDir, `${filtered}/digest`);
    if (hex === undefined) continue;
    const rebuilt = { tag: id, digest: digestFromHex(hex) };
    return { found: { repository, original, rebuilt }, folder: `${filtered}/catalog-config` };
  }
  return { found: { repository, original }, folder: undefined };
}

async function rebuiltHex(workingDir: WorkingDir, path: string): Promise<string | undefined> {
  const hex = await workingDir.text(path, { limit: 200 });
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}
