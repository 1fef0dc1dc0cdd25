/** The image with the update graph, for `graph: true`: its base out of a registry, the data from the update service. */
import type { OriginalImage } from '../../../archive/made-image/made-image';
import type { Descriptor } from '../../../oci/manifest';
import { kindOf } from '../../../oci/media-types';
import type { ImageReference } from '../../../oci/reference';
import { parseReference } from '../../../oci/reference';
import { payloadUnreadable } from '../../../release/errors';
import { graphBaseImage, graphImage } from '../../../release/graph-image';
import { graphRepository } from '../../../release/release-images';
import type { UpdateService } from '../../../release/update-service';
import { isObject, valueOfJson } from '../../../system/json-text';
import type { MadeImage, Sources } from './collector';

const largestConfigBytes = 8 * 1024 * 1024;

/** @throws SEQ05xx for what registry or update service refuse, SEQ0424 for what is no graph data */
export async function madeGraphImage(service: UpdateService, sources: Sources): Promise<MadeImage> {
  const { progress, signal } = sources;
  progress.detail('building the image with the update graph');
  const from = parseReference(graphBaseImage);
  const graph = await service.graphData();
  const { root, content } = await graphImage(await originalsOf(from, sources), { ...graph, signal });
  const place = { repository: graphRepository, tag: 'latest' };
  return { kind: 'release', source: `${graphRepository}:latest`, ...place, root, content, from };
}

/** The image of each architecture, with its config. */
async function originalsOf(from: ImageReference, { client, signal }: Sources): Promise<OriginalImage[]> {
  const { host, repository } = from;
  const root = await client.manifest(from, { signal });
  const children =
    root.kind === 'image' ? [{ digest: root.digest, platform: undefined }] : root.manifests.filter(isOfAPlatform);
  return Promise.all(
    children.map(async ({ digest, platform }) => {
      const manifest = digest === root.digest ? root : await client.manifest({ host, repository, digest }, { signal });
      if (manifest.kind !== 'image') throw notABase('is an index of indexes');
      return { manifest, platform, config: await configOf(manifest.config, from, { client, signal }) };
    }),
  );
}

/** BuildKit keeps attestations beside the images. */
function isOfAPlatform({ mediaType, platform }: Descriptor): boolean {
  return kindOf(mediaType) === 'image' && platform?.architecture !== 'unknown';
}

async function configOf(
  { digest, bytes }: Descriptor,
  { host, repository }: ImageReference,
  { client, signal }: Pick<Sources, 'client' | 'signal'>,
): Promise<OriginalImage['config']> {
  if (bytes > largestConfigBytes) throw notABase(`has a config of ${bytes} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of client.blob({ host, repository }, { digest, bytes }, { signal })) pieces.push(piece);
  const config = valueOfJson(Buffer.concat(pieces).toString('utf8'));
  if (!isObject(config)) throw notABase('has a config that is no JSON object');
  return config;
}

function notABase(what: string): Error {
  return payloadUnreadable({ image: graphBaseImage, what, why: 'The image with the update graph is built on it' });
}
