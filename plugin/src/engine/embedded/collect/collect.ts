/**
 * From a configuration to the images that it calls for. Only this folder knows kinds of content: one collector a kind,
 * and what no collector takes is reported as unsupported. Resolving, fetching and the archive plan see images only.
 */
import { blockedBy } from '../../../imageset/blocked-images';
import type { ImageSetDocument } from '../../../imageset/document';
import { noImages } from '../errors';
import { collectAdditionalImages } from './additional-images';
import type { CollectedContent, Collector, Sources } from './collector';
import { collectCharts } from './helm';
import { collectOperators } from './operators';
import { collectReleases } from './releases';

export type { CollectedContent, Collector, MadeImage, RequestedImage, Sources } from './collector';
export { unsupportedIn } from './unsupported';

/** In the order in which oc-mirror collects. */
const collectors: readonly Collector[] = [collectReleases, collectOperators, collectAdditionalImages, collectCharts];

/**
 * What a configuration comes to, in its order, without the images that are blocked.
 *
 * @throws SEQ0415 when there are no images, SEQ042x for releases that cannot be found or proven, SEQ0502 for a name that can't be read
 */
export async function collect(document: ImageSetDocument, sources: Sources): Promise<CollectedContent> {
  const found: Partial<CollectedContent>[] = [];
  for (const collector of collectors) {
    sources.signal.throwIfAborted();
    found.push(await collector(document, sources));
  }
  const all = found.flatMap(({ images = [] }) => images);
  const blocked = blockedBy(document.config);
  // Both its name and where oc-mirror would put it are looked at (internal/pkg/cli/executor.go, excludeImages).
  const images = all.filter(
    ({ name, repository, tag }) => !blocked(name) && !blocked(`localhost:55000/${repository}:${tag}`),
  );
  const made = found.flatMap((content) => content.made ?? []);
  if (images.length + made.length === 0) throw noImages({ file: document.file, blocked: all.length });
  return {
    images,
    made,
    catalogs: found.flatMap(({ catalogs = [] }) => catalogs),
    files: found.flatMap(({ files = [] }) => files),
    pins: found.flatMap(({ pins = [] }) => pins),
    releaseKeys: found.flatMap(({ releaseKeys = [] }) => releaseKeys),
    notes: found.flatMap(({ notes = [] }) => notes),
  };
}
