/** Proves archives: structure, every blob's bytes, and what the manifests among them say. */
import type { Digest } from '../registry/digest';
import { hexOf } from '../registry/digest';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import type { BlobRecord } from './blob-record';
import { blobDamaged, linksDisagree } from './errors';
import { hashArchive } from './hash-archive';
import type { ArchiveIndex, LinkEntry } from './index';
import { readArchiveIndex } from './index';
import { readManifests } from './manifests';

export interface VerifiedArchive {
  readonly name: string;
  readonly bytes: number;
  /** Of the whole file, 64 hexadecimal digits, as in SHA256SUMS. */
  readonly sha256: string;
}

export interface VerifiedArchives {
  readonly archives: readonly VerifiedArchive[];
  /** Every blob that is sound, once, sorted by digest; manifests with media type and refs. */
  readonly blobs: readonly BlobRecord[];
  /** Every link once, sorted by name. */
  readonly links: readonly LinkEntry[];
  /** All that is wrong. With none, the archives hold what they say; whether that is enough is not asked here. */
  readonly findings: readonly Finding[];
}

interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read in addition to those told before; in the end, all of the archives' bytes. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/**
 * Verifies the archives of one sequence, given in the order of their numbers, in a few megabytes of memory beside what
 * the entries' names take. Reads every byte once, and small manifests a second time.
 *
 * @throws SEQ0702 when a file cannot be read. Whatever is wrong with its content is a finding.
 */
export async function verifyArchives(
  paths: readonly string[],
  { signal, progress }: VerifyOptions = {},
): Promise<VerifiedArchives> {
  const archives: VerifiedArchive[] = [];
  const indexes: ArchiveIndex[] = [];
  const findings: Finding[] = [];
  const blobs = new Map<Digest, BlobRecord>();
  const unsound = new Set<Digest>();
  for (const path of paths) {
    const broken = await collectBroken(async () => {
      const index = await readArchiveIndex(path, { signal });
      const { sha256, damaged } = await hashArchive(index, { signal, progress });
      archives.push({ name: index.name, bytes: index.bytes, sha256: hexOf(sha256) });
      indexes.push(index);
      findings.push(...index.findings);
      for (const { digest, place, actual } of damaged) {
        unsound.add(digest);
        findings.push(blobDamaged({ archive: index.name, digest, actual, ...place }));
      }
      for (const [digest, { bytes }] of index.blobs) if (!unsound.has(digest)) blobs.set(digest, { digest, bytes });
    });
    if (broken !== undefined) findings.push(broken);
  }
  const read = await readManifests(indexes, { except: unsound, signal });
  for (const [digest, record] of read.manifests) if (blobs.has(digest)) blobs.set(digest, record);
  const links = mergeLinks(indexes);
  return {
    archives,
    blobs: [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    links: links.links,
    findings: [...findings, ...read.findings, ...links.findings],
  };
}

/** A broken archive is a finding: the others are still looked at. */
async function collectBroken(work: () => Promise<void>): Promise<Finding | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code !== 'SEQ0304') throw error;
    const { code, what, why, next } = error;
    return {
      severity: 'error',
      code,
      what,
      ...(why === undefined ? {} : { why }),
      ...(next === undefined ? {} : { next }),
    };
  }
}

function mergeLinks(indexes: readonly ArchiveIndex[]): { links: LinkEntry[]; findings: Finding[] } {
  const merged = new Map<string, { link: LinkEntry; archive: string }>();
  const findings: Finding[] = [];
  for (const { name: archive, links } of indexes) {
    for (const link of links) {
      const known = merged.get(link.name);
      if (known === undefined) merged.set(link.name, { link, archive });
      else if (known.link.target !== link.target)
        findings.push(linksDisagree({ name: link.name, first: known.archive, second: archive }));
    }
  }
  const links = [...merged.values()].map(({ link }) => link).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { links, findings };
}
