import { readCatalogTemplates } from '../cluster-resources/catalog-templates';
import { clusterResourcesOf } from '../cluster-resources/cluster-resources';
import type { ImageSetDocument } from '../imageset/document';
import type { MirroredImage } from '../oci/image';
import { ratesInWords } from '../registry/rate';
import type { RegistrySettings } from '../registry/settings';
import { releaseSignaturesIn } from '../release/working-dir';
import { openArchiveBlobs } from './archive-blobs';
import { destinationImages } from './destination-images';
import { requireDistinctPlaces } from './distinct-places';
import type { BlobCount, ImageUpload, UploadedImages } from './upload-images';
import { planImageUpload, uploadImages } from './upload-images';
import { sumOfBytes } from '../system/byte-size';

// More would not be faster over one line, and each holds a piece or a chunk in memory.
const mostAtOnce = 8;

/** What is uploaded from open archives, and where to. */
export interface ArchivesUpload extends Pick<
  ImageUpload,
  'archives' | 'chain' | 'destination' | 'thorough' | 'beforeWriting' | 'progress' | 'signal'
> {
  readonly document: ImageSetDocument;
  /** The folder of files that the configuration names: templates of CatalogSources. */
  readonly configFolder?: string | undefined;
  /** All images of the sequence, as recorded. */
  readonly images: readonly MirroredImage[];
  readonly registries: RegistrySettings;
  readonly options: { readonly parallelImages: number; readonly parallelLayers: number; readonly retries: number };
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

export interface UploadedFromArchives extends UploadedImages {
  /** YAML and JSON texts. The key is the file name that oc-mirror uses. */
  readonly clusterResources: ReadonlyMap<string, string>;
}

/** What an upload would send. Only the upload itself finds out which blobs the registry has. */
export interface UploadPlan {
  readonly images: number;
  readonly unchanged: number;
  readonly manifests: number;
  /** The most blobs that the upload can send. */
  readonly blobs: BlobCount;
}

/** Disk-to-mirror without oc-mirror and without a temporary disk: it reads straight from the archives. */
export async function diskToMirror(
  request: Omit<ArchivesUpload, 'archives'> & { readonly archives: readonly string[] },
): Promise<UploadedFromArchives> {
  const { archives: paths, progress, signal } = request;
  progress.detail(`indexing ${paths.length} archives`);
  return uploadFromArchives({ ...request, archives: await openArchiveBlobs(paths, { signal }) });
}

export async function uploadFromArchives(upload: ArchivesUpload): Promise<UploadedFromArchives> {
  const { archives, destination, document, configFolder } = upload;
  const request = imageUpload(upload);
  const templates = await readCatalogTemplates(document.config, configFolder);
  for (const note of ratesInWords(upload.registries)) upload.progress.note(note);
  const uploaded = await uploadImages(request);
  const signatures = await releaseSignaturesIn(archives.workingDir);
  return {
    ...uploaded,
    clusterResources: clusterResourcesOf({ images: request.images, destination, signatures, templates }),
  };
}

/** Checks what is there, and writes nothing. */
export async function planFromArchives(upload: ArchivesUpload): Promise<UploadPlan> {
  await readCatalogTemplates(upload.document.config, upload.configFolder);
  const survey = await planImageUpload(imageUpload(upload));
  const blobs = [...survey.blobs.values()];
  return {
    images: survey.images,
    unchanged: survey.unchanged,
    manifests: survey.manifests.length,
    blobs: { count: blobs.length, bytes: sumOfBytes(blobs) },
  };
}

function imageUpload({ document, options, env, registries: settings, ...upload }: ArchivesUpload): ImageUpload {
  const { progress } = upload;
  const images = destinationImages(upload.images, document.config);
  requireDistinctPlaces(images, upload.destination);
  return {
    ...upload,
    images,
    connection: {
      settings,
      env,
      retries: options.retries,
      onRetry: ({ host, reason, delayMs }) => {
        if (delayMs >= longDelayMs)
          progress.note(`${host}: ${reason}; trying again in ${Math.round(delayMs / 1000)} s`);
      },
    },
    parallel: Math.min(options.parallelImages * options.parallelLayers, mostAtOnce),
  };
}

const longDelayMs = 5_000;
