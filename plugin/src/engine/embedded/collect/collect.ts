/**
 * From a configuration to the images that it asks for. Only this folder knows kinds of content: one collector per kind;
 * what no collector takes is reported as unsupported. Resolving, fetching and the archive plan only see images.
 */
import { blockedBy } from '../../../imageset/blocked-images';
import type { ImageSetDocument } from '../../../imageset/document';
import { noImages } from '../errors';
import { collectAdditionalImages } from './additional-images';
import type { CollectedContent, Collector, Sources } from './collector';
import { joined } from './collector';
import { collectCharts } from './helm';
import { collectOperators } from './operators';
import { collectReleases } from './releases';

export type { CollectedContent, Collector, MadeImage, RequestedImage, Sources } from './collector';
export { operatorsOf } from './operators';
export { unsupportedIn } from './unsupported';

/** In the order in which oc-mirror collects. */
const collectors: readonly Collector[] = [collectReleases, collectOperators, collectAdditionalImages, collectCharts];

/**
 * The content that a configuration asks for, in its order, without blocked images.
 *
 * @throws SEQ0415 when there are no images, SEQ042x for releases that cannot be found or proven, SEQ0502 for a name that can't be read
 */
export async function collect(document: ImageSetDocument, sources: Sources): Promise<CollectedContent> {
  const found: Partial<CollectedContent>[] = [];
  for (const collector of collectors) {
    sources.signal.throwIfAborted();
    found.push(await collector(document, sources));
  }
  const content = joined(found);
  const blocked = blockedBy(document.config);
  // Checks both its name and where oc-mirror would put it (internal/pkg/cli/executor.go, excludeImages).
  const images = content.images.filter(
    ({ name, repository, tag }) => !blocked(name) && !blocked(`localhost:55000/${repository}:${tag}`),
  );
  if (images.length + content.made.length === 0)
    throw noImages({ file: document.file, blocked: content.images.length });
  return { ...content, images };
}
