/** The collector of `mirror.operators`: reads each catalog, selects, and builds the catalog of what was selected. */
import { composedFile } from '../../../archive/needed-files';
import type { PlannedFile } from '../../../archive/plan';
import { workingDirEntry } from '../../../archive/working-dir';
import { noRelatedImages, packageNotThere, relatedImageUnusable, selectionRefused } from '../../../catalog/errors';
import type { CatalogBundle, CatalogFile, FileBasedCatalog } from '../../../catalog/fbc/fbc';
import { readCatalog } from '../../../catalog/fbc/fbc';
import { filterIds, isWholeCatalog } from '../../../catalog/filter-id';
import {
  configFilesIn,
  configsLabelOf,
  rebuildCatalog,
  storeForCatalog,
  writeCatalog,
} from '../../../catalog/image/image';
import type { MirroredCatalog } from '../../../catalog/mirrored-catalog';
import type { AddedDependency, ResolvedSelection, SelectedCatalog } from '../../../catalog/selection/selection';
import {
  headsOf,
  imagesOf,
  missingPackages,
  notesOn,
  selectFrom,
  selectWithDependencies,
} from '../../../catalog/selection/selection';
import { catalogFolder, filteredFolder } from '../../../catalog/working-dir';
import { blockedBy } from '../../../imageset/blocked-images';
import { destinationOfCatalog, destinationOfImage } from '../../../imageset/destination';
import type { ImageSetDocument } from '../../../imageset/document';
import { isOciLayout, ociPathOf } from '../../../imageset/references';
import type { OperatorCatalog } from '../../../imageset/schema';
import { hexOf } from '../../../oci/digest';
import type { Manifest } from '../../../oci/manifest';
import type { ImageReference } from '../../../oci/reference';
import { parseReference, tryParseReference, withoutTransport } from '../../../oci/reference';
import { counted } from '../../../system/counted';
import type { Position, SeqmirrorError } from '../../../system/errors';
import { errorOfFindings } from '../../../system/errors';
import { printable } from '../../../system/printable';
import type { SelectedOperators } from '../../engine';
import type { CollectedContent, Collector, MadeImage, RequestedImage, Sources } from './collector';
import { joined } from './collector';
import { openLayout, treeInLayout } from './oci-layout';
import type { PublishedImage, OpenedImage } from './original-image';
import { imageInRegistry, openImage } from './original-image';

/**
 * One catalog after the other, since each is held in memory while it is read.
 *
 * @throws SEQ0432 and SEQ0433 for selections that oc-mirror refuses too, with their place in the configuration; SEQ0430,
 *   SEQ0431 and SEQ0340 for catalogs that cannot be read; SEQ05xx for what registries refuse
 */
export const collectOperators: Collector = async (document, sources) => {
  const contents: CatalogYield[] = [];
  for (const [index, entry] of (document.config.mirror.operators ?? []).entries())
    contents.push(await collectCatalog(entry, { document, index, sources }));
  const content = joined(contents);
  return { ...content, images: [...new Map(content.images.map((image) => [image.name, image])).values()] };
};

type CatalogYield = Pick<CollectedContent, 'images' | 'made' | 'catalogs' | 'files' | 'notes'>;

interface EntryPlace {
  readonly document: ImageSetDocument;
  /** Index of the entry. */
  readonly index: number;
  readonly sources: Sources;
}

async function collectCatalog(entry: OperatorCatalog, place: EntryPlace): Promise<CatalogYield> {
  const { sources } = place;
  const { progress, signal } = sources;
  const name = withoutTransport(entry.catalog);
  progress.detail(`reading the catalog ${name}`);
  const published = await publishedCatalog(entry, sources);
  const opened = await openImage(published.content.root, published.content);
  const catalog = await readOpened(opened, sources);
  const { asked, selected, added, unmet } = selectedIn(catalog, entry, place);
  if (selected.bundles.length === 0) throw nothingSelected(catalog, entry, place);
  const related = relatedImages(selected, entry, place);
  signal.throwIfAborted();
  const images = [...related, ...published.requested];
  const { repository, tag } = destinationOfCatalog(entry);
  const { digest } = opened.root;
  const dependencies = sources.resolveDependencies ? added : undefined;
  const mirrored = { entry, repository, original: { tag, digest }, heads: headsOf(selected), dependencies };
  const notes = [
    ...added.map((each) => `added ${dependencyInWords(each)}`),
    ...unmet.map((need) => `${need}. OLM will refuse to install such a bundle`),
    ...notesOn(selected, { catalog, entry: asked }),
  ].map((note) => `${name}: ${note}`);
  if (isWholeCatalog(entry)) {
    const folder = catalogFolder(entry.catalog, digest);
    return { images, made: published.made, catalogs: [{ ...mirrored, folder }], files: [], notes };
  }
  progress.detail(`building the catalog of ${selected.packages.length} packages of ${name}`);
  const files = await writeCatalog(selected, storeForCatalog());
  const { root, content } = await rebuildCatalog(opened, files);
  const [carried] = published.made;
  // Under each id that a version of oc-mirror may look for; if the catalog is named by digest, they are the same.
  // What was added is in the pinned configuration; who uploads by the other one looks for the id of that.
  const ids = [...new Set([...filterIds(asked, digest).slice(0, 1), ...filterIds(entry, digest)])];
  const made = ids.map((id): MadeImage => ({
    kind: 'operator',
    source: name,
    repository,
    tag: id,
    root,
    content: new Map([...(carried?.content ?? []), ...content]),
    from: published.from,
  }));
  const folders = ids.map((id) => filteredFolder(entry.catalog, digest, id));
  const [tagOfRebuilt = '', folder = ''] = [ids[0], folders[0]];
  return {
    images,
    made: [...published.made, ...made],
    catalogs: [{ ...mirrored, rebuilt: { tag: tagOfRebuilt, digest: root.digest }, folder }],
    files: folders.flatMap((each) => workingDirFiles(each, { root, files })),
    notes,
  };
}

interface PublishedCatalog {
  readonly content: PublishedImage & { readonly root: Manifest };
  /** The catalog as it is, which is mirrored too: from its registry, or carried from a folder on disk. */
  readonly requested: readonly RequestedImage[];
  readonly made: readonly MadeImage[];
  /** The repository that has everything that is not carried. */
  readonly from: ImageReference;
}

async function publishedCatalog(entry: OperatorCatalog, sources: Sources): Promise<PublishedCatalog> {
  const { repository, tag } = destinationOfCatalog(entry);
  const name = withoutTransport(entry.catalog);
  if (isOciLayout(entry.catalog)) {
    const from = { host: 'localhost', repository };
    const content = await openLayout(ociPathOf(entry.catalog));
    const tree = await treeInLayout(content.root, content);
    return { content, requested: [], made: [{ kind: 'operator', source: name, repository, tag, ...tree, from }], from };
  }
  const reference = parseReference(entry.catalog);
  const content = await imageInRegistry(reference, sources);
  const from = { host: reference.host, repository: reference.repository };
  // By digest: its tag may move before it is looked up once more.
  const asked = { ...from, digest: content.root.digest };
  return { content, requested: [{ kind: 'operator', name, reference: asked, repository, tag }], made: [], from };
}

async function readOpened(opened: OpenedImage, { signal }: Sources): Promise<FileBasedCatalog> {
  const { image, images, layers } = opened;
  const [first] = images;
  const label = first === undefined ? undefined : configsLabelOf(first.config, image);
  return readCatalog(await configFilesIn({ image, layers, label, signal }, storeForCatalog()), { signal });
}

function selectedIn(
  catalog: FileBasedCatalog,
  entry: OperatorCatalog,
  { document, index, sources }: EntryPlace,
): Omit<ResolvedSelection, 'selection'> & { selected: SelectedCatalog } {
  const { selection, ...resolved } = sources.resolveDependencies
    ? selectWithDependencies(catalog, entry)
    : { asked: entry, selection: selectFrom(catalog, entry), added: [], unmet: [] };
  const { selected, refusals } = selection;
  if (selected !== undefined) return { selected, ...resolved };
  throw errorOfFindings(
    refusals.map((refusal) =>
      selectionRefused({ at: positionOf(document, index, refusal.path), catalog: entry.catalog, refusal }),
    ),
  );
}

/** The images that the bundles need and that are not blocked, under the names that oc-mirror gives them. */
function relatedImages(selected: SelectedCatalog, entry: OperatorCatalog, place: EntryPlace): RequestedImage[] {
  const { document, index } = place;
  const at = positionOf(document, index, []);
  const blocked = blockedBy(document.config);
  const { images, unusable } = imagesOf(selected);
  const requested: RequestedImage[] = [];
  const broken = unusable.filter(({ image }) => image === '' || !blocked(image));
  for (const { image, bundles } of images) {
    const { reference, problem } = tryParseReference(image);
    if (reference !== undefined)
      requested.push({
        kind: 'operator',
        name: withoutTransport(image),
        neededBy: neededBy(bundles, entry),
        reference,
        ...destinationOfImage({ name: image }),
      });
    else if (!blocked(image)) for (const bundle of bundles.slice(0, 1)) broken.push({ image, bundle, why: problem });
  }
  if (broken.length > 0)
    throw errorOfFindings(
      broken.map(({ image, bundle, why }) =>
        relatedImageUnusable({ at, catalog: entry.catalog, image, bundle: bundle.name, why }),
      ),
    );
  return requested;
}

function nothingSelected(
  catalog: FileBasedCatalog,
  entry: OperatorCatalog,
  { document, index }: EntryPlace,
): SeqmirrorError {
  const missing = missingPackages(catalog, entry);
  if (missing.length === 0) return noRelatedImages({ at: positionOf(document, index, []), catalog: entry.catalog });
  return errorOfFindings(
    missing.map(({ name, index: asked, known, meant }) => {
      const at = positionOf(document, index, ['packages', asked, 'name']);
      return packageNotThere({ at, catalog: entry.catalog, package: name, known, meant });
    }),
  );
}

/** For records and plans. */
export function operatorsOf({ entry: { catalog }, heads = [], dependencies }: MirroredCatalog): SelectedOperators {
  return { catalog, heads, dependencies: dependencies?.map(dependencyInWords) };
}

function dependencyInWords({ entry: { name, channels }, versions, neededBy: bundle }: AddedDependency): string {
  const from = channels.map((channel) => channel.name).join(', ');
  return printable(`${name} ${versions.join(', ')} (${from}), needed by ${bundle}`, { limit: 900 });
}

function neededBy([bundle, ...others]: readonly CatalogBundle[], { catalog }: OperatorCatalog): string {
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'other bundle')}`;
  return `${bundle?.name ?? ''}${more} of ${withoutTransport(catalog)}`;
}

/** The files that disk-to-mirror reads: without them oc-mirror would ask the catalog's registry. */
function workingDirFiles(
  folder: string,
  { root, files }: { root: Pick<MadeImage['root'], 'digest'>; files: readonly CatalogFile[] },
): PlannedFile[] {
  return [
    ...files.map(({ path, bytes, pieces }) => ({
      name: workingDirEntry(`${folder}/catalog-config/${path}`),
      bytes,
      pieces: () => pieces({ offset: 0, bytes }),
    })),
    composedFile(workingDirEntry(`${folder}/digest`), Buffer.from(hexOf(root.digest))),
  ];
}

function positionOf(document: ImageSetDocument, index: number, path: readonly PropertyKey[]): Position {
  return { file: document.file, ...document.positionOf(['mirror', 'operators', index, ...path]) };
}
