/**
 * The image with the graph data that OpenShift's update service needs on the disconnected side: Red Hat's base image
 * with a layer of data above it, which the image copies into place when it is started. oc-mirror makes it in the same
 * way (internal/pkg/release/graph.go). No network.
 */
import { bytesAtHand } from '../archive/blob-source';
import { filesInLayers } from '../archive/layer/layer';
import type { ExtendedImage, LayerContent, OriginalImage } from '../archive/made-image/made-image';
import { extendImage, madeLayer, tarOfFiles } from '../archive/made-image/made-image';
import { digestOf } from '../oci/digest';
import { payloadUnreadable } from './errors';

/** The base image. Like oc-mirror, this takes its current version. */
export const graphBaseImage = 'registry.access.redhat.com/ubi9/ubi:latest';

const dataFolder = 'var/lib/cincinnati-graph-data';
const command = ['/bin/bash', '-c', `exec cp -rp /${dataFolder}/* /var/lib/cincinnati/graph-data`];

/** The graph data, packed, has about a megabyte. */
export const graphDataByteLimit = 64 * 1024 ** 2;
const unpackedByteLimit = 256 * 1024 ** 2;

/**
 * The image of graph data. The same data on the same base give the same image, whenever it was packed.
 *
 * @param data a tar archive, packed by gzip, as `…/api/upgrades_info/graph-data` gives it
 * @param from where it comes from, for messages
 * @throws SEQ0340 for data that cannot be read, SEQ0424 if it is not graph data
 */
export async function graphImage(
  base: readonly OriginalImage[],
  { data, from, signal }: { readonly data: Buffer; readonly from: string; readonly signal: AbortSignal },
): Promise<ExtendedImage> {
  const files = await filesOf(data, from, signal);
  const layer = await madeLayer(`the update graph in /${dataFolder}`, () => tarOfFiles(dataFolder, files));
  return extendImage(base, { layers: [layer], run: (original) => ({ ...original, Cmd: command }) });
}

async function filesOf(data: Buffer, from: string, signal: AbortSignal): Promise<LayerContent[]> {
  const digest = digestOf(data);
  const refuse = (what: string): Error =>
    payloadUnreadable({
      image: from,
      what,
      why: 'With this data, the update service of the cluster would have no update graph',
    });
  const files: LayerContent[] = [];
  let total = 0;
  for await (const { path, bytes, pieces } of filesInLayers([{ digest, open: bytesAtHand(data).pieces }], {
    image: from,
    folder: '',
    signal,
  })) {
    total += bytes;
    if (total > unpackedByteLimit) throw refuse(`has more than ${unpackedByteLimit} bytes of graph data`);
    const parts: Buffer[] = [];
    for await (const piece of pieces()) parts.push(piece);
    const content = Buffer.concat(parts, bytes);
    files.push({ path, ...bytesAtHand(content) });
  }
  if (!files.some(({ path }) => path.startsWith('channels/'))) throw refuse('has no channels');
  return files;
}
