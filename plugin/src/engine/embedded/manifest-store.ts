import { join } from 'node:path';
import type { MadeBlob } from '../../archive/blob-source';
import type { Digest } from '../../oci/digest';
import { hexOf } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import { parseManifest } from '../../oci/manifest';
import { createFile } from '../../system/atomic-file';
import { makeFolder } from '../../system/change-folder';
import { impossible, isSeqmirrorError } from '../../system/errors';
import { inPrivateFolder } from '../../system/path-below';
import { readBytesIfThere } from '../../system/text-file';

/**
 * Manifests that were fetched, kept in the stage: they go into the archives from there, so that none is held in memory
 * until then, and a run after a kill doesn't ask for them again. What is read counts only if it matches its digest.
 */
export interface ManifestStore {
  read(digest: Digest): Promise<Manifest | undefined>;
  write(manifest: Manifest): Promise<void>;
}

export async function openManifestStore(folder: string): Promise<ManifestStore> {
  await makeFolder(inPrivateFolder(folder));
  const pathOf = (digest: Digest): string => join(folder, hexOf(digest));
  return {
    read: async (digest) => {
      const content = await readBytesIfThere(inPrivateFolder(pathOf(digest)));
      const manifest = content === undefined ? undefined : tryParse(content);
      return manifest?.digest === digest ? manifest : undefined;
    },
    write: async (manifest) => {
      const file = await createFile(inPrivateFolder(pathOf(manifest.digest)));
      await file.writeFile(manifest.content).finally(() => file.close());
    },
  };
}

/** A manifest in a store, as the bytes that go into an archive. */
export function manifestIn(store: ManifestStore, { digest, bytes }: { digest: Digest; bytes: number }): MadeBlob {
  return {
    bytes,
    pieces: async function* () {
      const manifest = await store.read(digest);
      if (manifest === undefined) throw impossible(`the manifest ${digest} left the stage`);
      yield manifest.content;
    },
  };
}

/** Keeps nothing: for plans, which write nothing. */
export const noManifestStore: ManifestStore = {
  read: async () => undefined,
  write: async () => undefined,
};

// A kill or a power cut may have cut a file short.
function tryParse(content: Buffer): Manifest | undefined {
  try {
    return parseManifest(content, undefined);
  } catch (error) {
    if (isSeqmirrorError(error)) return undefined;
    throw error;
  }
}
