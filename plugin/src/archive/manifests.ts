/** Which blobs of archives are manifests, and what those consist of. */
import type { FileHandle } from 'node:fs/promises';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { Manifest } from '../oci/manifest';
import { manifestByteLimit, parseManifest, refsOf } from '../oci/manifest';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { openIndexed } from './open-indexed';
import type { ArchiveIndex, BlobPlace } from './archive-index';
import { childSizeWrong, keysOdd, manifestUnreadable } from './errors';
import { readFully } from './positional-io';

export interface ManifestsRead {
  readonly manifests: ReadonlyMap<Digest, BlobRecord>;
  readonly findings: readonly Finding[];
}

/**
 * Reads the manifests of archives: a blob is one if a link makes it a revision or a tag of a repository, or if an index
 * has it as a child. Blobs that the archives don't hold (a differential's base does) are skipped, and so are those in
 * `except`, which are known to be damaged.
 */
export async function readManifests(
  indexes: readonly ArchiveIndex[],
  { except, signal }: { except?: ReadonlySet<Digest> | undefined; signal?: AbortSignal | undefined } = {},
): Promise<ManifestsRead> {
  const manifests = new Map<Digest, BlobRecord>();
  const findings: Finding[] = [];
  const seen = new Set(indexes.flatMap(({ links }) => links.filter(isManifestLink).map(({ target }) => target)));
  const readers = indexes.map((index) => ({ index, file: undefined as FileHandle | undefined }));
  try {
    // A set also iterates over what is added meanwhile: the children of indexes.
    for (const digest of seen) {
      signal?.throwIfAborted();
      const reader = readers.find(({ index }) => index.blobs.has(digest));
      const place = reader?.index.blobs.get(digest);
      if (reader === undefined || place === undefined || except?.has(digest)) continue;
      const archive = reader.index.name;
      if (place.bytes > manifestByteLimit) {
        findings.push(
          manifestUnreadable({
            archive,
            digest,
            why: `The content has ${place.bytes} bytes; a manifest may have ${manifestByteLimit}`,
          }),
        );
        continue;
      }
      reader.file ??= await openIndexed(reader.index.path);
      const manifest = parse(await readPlace(reader.file, place));
      if (typeof manifest === 'string') {
        findings.push(manifestUnreadable({ archive, digest, why: manifest }));
        continue;
      }
      const refs = refsOf(manifest);
      manifests.set(digest, { digest, bytes: place.bytes, mediaType: manifest.mediaType, refs });
      if (manifest.oddKeys !== undefined) findings.push(keysOdd({ archive, digest, keys: manifest.oddKeys }));
      if (manifest.kind !== 'index') continue;
      for (const child of manifest.manifests) {
        seen.add(child.digest);
        const held = indexes.find(({ blobs }) => blobs.has(child.digest))?.blobs.get(child.digest);
        if (held !== undefined && held.bytes !== child.bytes)
          findings.push(childSizeWrong({ archive, digest, child: child.digest, said: child.bytes, bytes: held.bytes }));
      }
    }
  } finally {
    await Promise.all(readers.map(({ file }) => file?.close()));
  }
  return { manifests, findings };
}

function isManifestLink({ link }: { link: string }): boolean {
  return link !== 'layer';
}

function parse(content: Buffer): Manifest | string {
  try {
    return parseManifest(content, undefined);
  } catch (error) {
    if (isSeqmirrorError(error)) return error.what;
    throw error;
  }
}

async function readPlace(file: FileHandle, { offset, bytes }: BlobPlace): Promise<Buffer> {
  const content = Buffer.alloc(bytes);
  return content.subarray(0, await readFully(file, content, offset));
}
