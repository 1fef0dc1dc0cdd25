/** Everything in a set of archives: each blob with its place, and the repositories that their links name for it. */
import type { ArchiveIndex, BlobPlace } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import { beginHashedText } from '../archive/hashing/hashing';
import { passingPieces } from '../archive/passing-pieces';
import { readEntry } from '../archive/read-entry';
import type { WorkingDir } from '../archive/working-dir';
import { workingDirIn } from '../archive/working-dir';
import type { Digest } from '../oci/digest';
import type { Manifest } from '../oci/manifest';
import { manifestByteLimit, parseManifest } from '../oci/manifest';
import { contentChanged } from '../registry/push-errors';
import type { PushedBlob } from '../registry/push-source';
import { mapConcurrently } from '../system/concurrency';

export interface ArchiveBlobs {
  /** `undefined`: no archive has it. Opened again for each read; nothing is kept in memory. */
  blob(digest: Digest): PushedBlob | undefined;
  /** All blobs, with their archives. */
  contents(): Iterable<{ readonly digest: Digest; readonly bytes: number; readonly archive: string }>;
  /** A manifest, proven by its digest. `undefined`: no archive has it. @throws SEQ0523, SEQ0510 */
  manifest(digest: Digest): Promise<Manifest | undefined>;
  /** Repositories in which the archives' links put the blob: where the destination may have it already. */
  repositoriesOf(digest: Digest): Iterable<string>;
  /** Files of oc-mirror's own; if several archives have one, the last counts. */
  readonly workingDir: WorkingDir;
}

const indexedAtATime = 2;

/** Indexes archives by their headers. @throws SEQ0304 when one is cut or not an archive, SEQ0702 when it can't be read */
export async function openArchiveBlobs(
  paths: readonly string[],
  { signal }: { signal: AbortSignal },
): Promise<ArchiveBlobs> {
  const indexes = await mapConcurrently(paths, { limit: indexedAtATime, signal }, (path) =>
    readArchiveIndex(path, { signal }),
  );
  const places = new Map<Digest, { index: ArchiveIndex; place: BlobPlace }>();
  const repositories = new Map<Digest, Set<string>>();
  for (const index of indexes) {
    for (const [digest, place] of index.blobs) places.set(digest, { index, place });
    for (const { link, repository, target } of index.links) {
      if (link !== 'layer') continue;
      const known = repositories.get(target);
      if (known === undefined) repositories.set(target, new Set([repository]));
      else known.add(repository);
    }
  }
  return {
    blob: (digest) => {
      const found = places.get(digest);
      if (found === undefined) return undefined;
      const { index, place } = found;
      return {
        digest,
        bytes: place.bytes,
        place: { archive: index.name, offset: place.offset },
        open: () => passingPieces(index, place, { signal }),
        openHashed: () => {
          const text = beginHashedText();
          return { pieces: passingPieces(index, place, { signal, text }), digest: text.digest };
        },
      };
    },
    *contents() {
      for (const { name, blobs } of indexes)
        for (const [digest, { bytes }] of blobs) yield { digest, bytes, archive: name };
    },
    manifest: async (digest) => {
      const found = places.get(digest);
      if (found === undefined) return undefined;
      const { index, place } = found;
      const content = await readEntry(index, place, { limit: manifestByteLimit, signal });
      const manifest = content === undefined ? undefined : parseManifest(content, undefined);
      if (manifest?.digest !== digest) {
        const actual = manifest?.digest ?? `${place.bytes} bytes, too large for a manifest`;
        throw contentChanged({ subject: `the manifest ${digest} in ${index.name}`, expected: digest, actual });
      }
      return manifest;
    },
    repositoriesOf: (digest) => repositories.get(digest) ?? [],
    workingDir: workingDirIn(indexes, { signal }),
  };
}
