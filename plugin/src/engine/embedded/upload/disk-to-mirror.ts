import { clusterResourcesOf } from '../../../cluster-resources/cluster-resources';
import { destinationImages } from '../../destination-images';
import type { DiskToMirror, UploadResult } from '../../engine';
import { openArchiveBlobs } from './archive-blobs';
import { uploadImages } from './upload-images';

// More bring no more over one line, and each holds a piece or a chunk in memory.
const mostAtOnce = 8;

/** Disk-to-mirror without oc-mirror and without a temporary disk: straight from the archives' offsets. */
export async function diskToMirror(request: DiskToMirror): Promise<UploadResult> {
  const { archives: paths, document, destination, options, progress, signal, env, registries: settings } = request;
  progress.detail(`indexing ${paths.length} archives`);
  const archives = await openArchiveBlobs(paths, { signal });
  const images = destinationImages(request.images, document.config);
  const uploaded = await uploadImages({
    archives,
    images,
    destination,
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
    progress,
    signal,
  });
  const files = await archives.workingDirFiles('signatures/');
  const signatures = new Map([...files].map(([name, content]) => [name.slice('signatures/'.length), content]));
  return { ...uploaded, clusterResources: clusterResourcesOf({ images, destination, signatures }) };
}

const longDelayMs = 5_000;
