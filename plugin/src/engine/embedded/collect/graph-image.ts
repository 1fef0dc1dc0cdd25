/** The image with the update graph, for `graph: true`: its base from a registry, the data from the update service. */
import { parseReference } from '../../../oci/reference';
import { payloadUnreadable } from '../../../release/errors';
import { graphBaseImage, graphImage } from '../../../release/graph-image';
import { graphRepository } from '../../../release/release-images';
import type { UpdateService } from '../../../release/update-service';
import type { JsonObject } from '../../../system/json-text';
import { isObject, valueOfJson } from '../../../system/json-text';
import type { MadeImage, Sources } from './collector';
import { imageInRegistry, openImage } from './original-image';

/** @throws SEQ05xx when registry or update service refuse, SEQ0424 when it is not graph data */
export async function madeGraphImage(service: UpdateService, sources: Sources): Promise<MadeImage> {
  const { progress, signal } = sources;
  progress.detail('building the image of the update graph');
  const from = parseReference(graphBaseImage);
  const graph = await service.graphData();
  const published = await imageInRegistry(from, sources);
  const { images } = await openImage(published.root, published);
  const base = images.map((image) => ({ ...image, config: configOf(image.config) }));
  const { root, content } = await graphImage(base, { ...graph, signal });
  const place = { repository: graphRepository, tag: 'latest' };
  return { kind: 'release', source: `${graphRepository}:latest`, ...place, root, content, from };
}

function configOf(text: Buffer): JsonObject {
  const config = valueOfJson(text.toString('utf8'));
  if (isObject(config)) return config;
  const why = 'seqmirror builds the image of the update graph on top of this image';
  throw payloadUnreadable({ image: graphBaseImage, what: 'has a config that is not a JSON object', why });
}
