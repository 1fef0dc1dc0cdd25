/**
 * Files of an image, read from its layers as they arrive, without unpacking to disk. The last layer is read first: what
 * it has hides what lies below, and often it has all that is needed.
 */
import type { Digest } from '../../oci/digest';
import { isSeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';
import { layerUnreadable } from '../errors';
import { PackingRefused, unpackedLayer } from './layer-bytes';
import { LayerBroken, layerEntries } from './layer-entries';

export interface ImageLayer {
  readonly digest: Digest;
  /** Its bytes as they are in a registry. Reading to their end must prove the digest. */
  readonly open: () => AsyncIterable<Buffer>;
}

export interface FilesAsked {
  /** The image's name, for messages. */
  readonly image: string;
  /** The folder that they are in: `release-manifests`. */
  readonly folder: string;
  /** Their paths, if they are known; no further layer is read when all have been found. Without it, all in the folder. */
  readonly paths?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

export interface LayerFile {
  readonly path: string;
  readonly bytes: number;
  /** The layer that has it. */
  readonly layer: Digest;
  /** The content. It is proven only when the next layer, or the end, is reached. */
  readonly pieces: () => AsyncGenerator<Buffer, void, undefined>;
}

/**
 * The files that the image has in a folder. Whiteouts are those of the OCI image specification, "Layer Filesystem
 * Changeset".
 *
 * @throws SEQ0340 for a layer that, as far as it is read, is broken, or is read differently by different programs
 */
export async function* filesInLayers(
  layers: readonly ImageLayer[],
  asked: FilesAsked,
): AsyncGenerator<LayerFile, void, undefined> {
  const covers = createCovers();
  for (const layer of [...layers].reverse()) {
    asked.signal.throwIfAborted();
    if (asked.paths?.every(covers.hides) === true) return;
    try {
      yield* shownBy(layer, { ...asked, covers });
    } catch (error) {
      const why = reasonOf(error);
      if (why === undefined) throw error;
      throw layerUnreadable({ image: asked.image, layer: layer.digest, why, cause: error });
    }
    covers.layerEnds();
  }
}

/**
 * The files with these paths, whole.
 *
 * @param limit the most bytes that one of them may have
 * @throws SEQ0340
 */
export async function readFilesInLayers(
  layers: readonly ImageLayer[],
  { limit, ...asked }: FilesAsked & { readonly paths: readonly string[]; readonly limit: number },
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const { path, bytes, layer, pieces } of filesInLayers(layers, asked)) {
    if (bytes > limit) {
      const why = `its file ${printable(path)} has ${bytes} bytes; the limit is ${limit}`;
      throw layerUnreadable({ image: asked.image, layer, why });
    }
    const content: Buffer[] = [];
    for await (const piece of pieces()) content.push(piece);
    files.set(path, Buffer.concat(content, bytes));
  }
  return files;
}

async function* shownBy(
  layer: ImageLayer,
  { folder, paths, covers, signal }: FilesAsked & { readonly covers: Covers },
): AsyncGenerator<LayerFile, void, undefined> {
  const isAsked = (path: string): boolean => (paths === undefined ? isBelow(path, folder) : paths.includes(path));
  const seen = new Set<string>();
  for await (const { path, kind, bytes, pieces } of layerEntries(unpackedLayer(layer.open()))) {
    signal.throwIfAborted();
    if (path === undefined) continue;
    const whiteout = whiteoutIn(path);
    // Entries neither in the folder nor above it do not change what the folder shows.
    const changed = whiteout?.path ?? path;
    if (!isBelow(changed, folder) && !isBelow(folder, changed)) continue;
    if (whiteout !== undefined) {
      covers.add(whiteout);
      continue;
    }
    if (covers.hides(path)) continue;
    if (kind !== 'folder' && seen.has(path)) throw new LayerBroken(`it contains ${printable(path)} twice`);
    seen.add(path);
    covers.add({ path, covers: kind === 'folder' ? 'itself' : 'itself and all below' });
    if (kind === 'file') {
      if (isAsked(path)) yield { path, bytes, layer: layer.digest, pieces };
    } else if (kind !== 'folder' && (isAsked(path) || isBelow(folder, path))) {
      throw new LayerBroken(`its entry ${printable(path)} is a link or a device, not a regular file`);
    }
  }
}

/** A path in a layer, and what it hides in the layers below. */
interface Cover {
  readonly path: string;
  readonly covers: LayerCover;
}
type LayerCover = 'itself' | 'itself and all below' | 'all below';

interface Covers {
  add(cover: Cover): void;
  /** Whether the layers above have, or have removed, what is at this path. */
  hides(path: string): boolean;
  /** From now on, what was added hides. */
  layerEnds(): void;
}

function createCovers(): Covers {
  const paths = new Set<string>();
  const trees = new Set<string>();
  const added: Cover[] = [];
  return {
    add: (cover) => void added.push(cover),
    hides: (path) => paths.has(path) || foldersAbove(path).some((folder) => trees.has(folder)),
    layerEnds: () => {
      for (const { path, covers } of added.splice(0)) {
        if (covers !== 'all below') paths.add(path);
        if (covers !== 'itself') trees.add(path);
      }
    },
  };
}

function whiteoutIn(path: string): Cover | undefined {
  const [, folder = '', name = ''] = /^(?:(.*)\/)?([^/]*)$/.exec(path) ?? [];
  if (name === '.wh..wh..opq') return { path: folder, covers: 'all below' };
  if (!name.startsWith('.wh.') || name.startsWith('.wh..wh.')) return undefined;
  return {
    path: [folder, name.slice('.wh.'.length)].filter((part) => part !== '').join('/'),
    covers: 'itself and all below',
  };
}

/** `a/b/c` → ``, `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index).join('/'));
}

/** Whether a path is the folder or in it. */
function isBelow(path: string, folder: string): boolean {
  return path === folder || folder === '' || path.startsWith(`${folder}/`);
}

/** Why a layer cannot be read, in words; `undefined` for other errors. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof LayerBroken || error instanceof PackingRefused) return error.message;
  const code = isSeqmirrorError(error) ? undefined : (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(?:Z_|ZSTD_)/.test(code) ? 'its compressed data is damaged' : undefined;
}
