import { join, relative, sep } from 'node:path';
import { blobEntryName } from '../../archive/names';
import type { Digest } from '../../oci/digest';
import { isDigest } from '../../oci/digest';
import type { TagDigests } from '../../oci/image';
import { entriesIn } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { readText } from '../../system/text-file';

/** Where oc-mirror keeps its registry's files below `--cache-dir`, with the same names as in archives. */
const filesFolder = join('.oc-mirror', '.cache');
export const registryFolder = join(filesFolder, 'docker', 'registry', 'v2');

/** Where the cache has a blob, if it has it. */
export function blobPath(cacheFolder: string, digest: Digest): string {
  return join(cacheFolder, filesFolder, blobEntryName(digest));
}

/**
 * Reads all tags of oc-mirror's cache: `repositories/<name>/_manifests/tags/<tag>/current/link`. What a kill left
 * half-written (empty links, `_uploads`) is ignored.
 */
export async function readCacheTags(cacheFolder: string): Promise<TagDigests> {
  const root = join(cacheFolder, registryFolder, 'repositories');
  const tags = new Map<string, Digest>();
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await foldersIn(folder)) {
      if (entry === '_manifests') {
        const repository = relative(root, folder).split(sep).join('/');
        for (const tag of await foldersIn(join(folder, entry, 'tags'))) {
          const link = join(folder, entry, 'tags', tag, 'current', 'link');
          const text = await readText(inPrivateFolder(link), { limit: 1024 }).catch(() => '');
          if (isDigest(text)) tags.set(`${repository}:${tag}`, text);
        }
      } else if (!entry.startsWith('_')) await visit(join(folder, entry));
    }
  };
  await visit(root);
  return tags;
}

/** Whether the cache is empty: then everything in the configuration is downloaded again. */
export async function cacheIsEmpty(cacheFolder: string): Promise<boolean> {
  return (await foldersIn(join(cacheFolder, registryFolder, 'blobs', 'sha256'))).length === 0;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await entriesIn(folder);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
