/** Plans a run of oc-mirror: it lists images but no bytes, so registries are asked for the manifests. */
import { planArchives } from '../../archive/plan';
import { archiveSizeBytes } from '../../imageset/defaults';
import type { ImageSetDocument } from '../../imageset/document';
import { tryParseReference, withoutTransport } from '../../oci/reference';
import { isGraphImage } from '../../release/release-images';
import { sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { measureImages } from '../embedded/embedded';
import type { AttachmentSettings, EngineOptions, MirrorPlan } from '../engine';
import { cacheIsEmpty } from './cache';
import type { ListedImage } from './mapping';
import type { RunContext } from './run';
import type { Capabilities } from './version';

/**
 * Counts what the registries' manifests name. An estimate: what oc-mirror makes itself (filtered catalogs, the update graph)
 * has no size before it is made.
 */
export async function planOfListed(
  listed: readonly ListedImage[],
  { request, folders, capabilities }: Pick<RunContext, 'request' | 'folders' | 'capabilities'>,
): Promise<MirrorPlan> {
  const { document, base, options } = request;
  const asked = listed.flatMap(({ source, ...place }) => {
    const { reference } = tryParseReference(source);
    return reference === undefined || isGraphImage(place) ? [] : [{ ...place, name: source, reference }];
  });
  const { images, blobs, links, unanswered } = await measureImages(
    asked,
    attachmentsOf(options, capabilities),
    request,
  );
  const fresh = [...blobs.values()].filter(({ digest }) => !base.has(digest));
  const plan = planArchives({
    blobs: fresh,
    links,
    archiveSizeBytes: archiveSizeBytes(document.config),
    // oc-mirror gives such a blob an archive of its own.
    whenLarger: 'make room',
  });
  const isCacheEmpty = await cacheIsEmpty(folders.cache);
  const cached = isCacheEmpty ? [...blobs.values()] : fresh;
  const cache = sumOfBytes(cached);
  return {
    images,
    blobs,
    archives: plan.archives.map(({ name, bytes }) => ({ name, bytes })),
    isExact: false,
    unanswered,
    catalogs: catalogsOf(document, images),
    space: { download: 0, archives: plan.bytes, cache },
    notes: notesOn({ listed: listed.length, made: listed.length - asked.length, isCacheEmpty }),
  };
}

/** oc-mirror takes signatures if their registry has them. */
function attachmentsOf({ removeSignatures }: EngineOptions, { takesSignatures }: Capabilities): AttachmentSettings {
  return { taken: takesSignatures && !removeSignatures ? 'signatures' : 'none', ifRefused: 'skip' };
}

function catalogsOf({ config }: ImageSetDocument, images: MirrorPlan['images']): MirrorPlan['catalogs'] {
  return (config.mirror.operators ?? []).flatMap(({ catalog }) => {
    const image = images.find(({ kind, source }) => kind === 'operator' && source === withoutTransport(catalog));
    return image === undefined ? [] : [{ catalog, digest: image.digest }];
  });
}

function notesOn({ listed, made, isCacheEmpty }: { listed: number; made: number; isCacheEmpty: boolean }): string[] {
  return [
    `oc-mirror lists ${counted(listed, 'image')}; sizes are from the manifests in the registries, without images that oc-mirror builds`,
    ...(made === 0
      ? []
      : [`the sizes do not include ${counted(made, 'image')} that oc-mirror builds or reads from a folder`]),
    ...(isCacheEmpty
      ? [
          'the cache of oc-mirror is empty, so oc-mirror downloads all images of the configuration, not only the new ones',
        ]
      : []),
  ];
}
