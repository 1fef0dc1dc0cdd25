import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MadeBlob } from '../../archive/blob-source';
import type { Digest } from '../../oci/digest';
import { hexOf } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import { parseManifest } from '../../oci/manifest';
import { impossible, isSeqmirrorError } from '../../system/errors';

/**
 * Manifests that were fetched, kept in the stage: they go into the archives from there, so that none is held in memory
 * until then, and a run after a kill doesn't ask for them again. What is read is believed only if it has its digest.
 */
export interface ManifestStore {
  read(digest: Digest): Promise<Manifest | undefined>;
  write(manifest: Manifest): Promise<void>;
}

export async function openManifestStore(folder: string): Promise<ManifestStore> {
  await mkdir(folder, { recursive: true });
  const pathOf = (digest: Digest): string => join(folder, hexOf(digest));
  return {
    read: async (digest) => {
      const content = await readIfThere(pathOf(digest));
      const manifest = content === undefined ? undefined : tryParse(content);
      return manifest?.digest === digest ? manifest : undefined;
    },
    write: (manifest) => writeFile(pathOf(manifest.digest), manifest.content),
  };
}

/** A manifest of a store, as the bytes that go into an archive. */
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

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// A kill or a power cut can leave a file that is cut.
function tryParse(content: Buffer): Manifest | undefined {
  try {
    return parseManifest(content, undefined);
  } catch (error) {
    if (isSeqmirrorError(error)) return undefined;
    throw error;
  }
}
