/**
 * Names of the entries of an oc-mirror archive: the file system of a distribution registry
 * (`docker/registry/v2/…`, distribution 3 registry/storage/paths.go), oc-mirror's `working-dir/…`, and `isc_<time>`.
 *
 * oc-mirror routes an entry by substring: a name that contains `working-dir` goes there, one that contains
 * `docker/registry/v2` to its cache; the rest is skipped (oc-mirror internal/pkg/archive/unarchive.go).
 */
import { z } from 'zod';
import type { Digest } from '../oci/digest';
import { digestFromHex, hexOf } from '../oci/digest';
import { impossible } from '../system/errors';

export type LinkName =
  | { readonly link: 'layer' | 'revision'; readonly repository: string; readonly digest: Digest }
  | { readonly link: 'tag'; readonly repository: string; readonly tag: string }
  | { readonly link: 'tag-index'; readonly repository: string; readonly tag: string; readonly digest: Digest };

export type EntryName =
  | { readonly kind: 'blob'; readonly digest: Digest }
  | ({ readonly kind: 'link' } & LinkName)
  | { readonly kind: 'working-dir' }
  | { readonly kind: 'isc' }
  /** Harmless, and never read: leftovers of uploads in a cache, foreign files. */
  | { readonly kind: 'other' }
  /** Must not be unpacked, or is not what its place says. */
  | { readonly kind: 'unsafe'; readonly why: string };

const registryRoot = 'docker/registry/v2';
const blobsRoot = `${registryRoot}/blobs`;
const repositoriesRoot = `${registryRoot}/repositories`;

// OCI distribution 1.1, Pulling manifests; 255 is distribution's limit, host included.
const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const longestRepository = 255;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

const blobPattern = /^sha256\/([0-9a-f]{2})\/(\1[0-9a-f]{62})\/data$/;
const linkPattern =
  /^(?<repository>.+?)\/(?:_layers\/sha256\/(?<layer>[0-9a-f]{64})|_manifests\/revisions\/sha256\/(?<revision>[0-9a-f]{64})|_manifests\/tags\/(?<tag>[^/]+)\/(?:current|index\/sha256\/(?<indexed>[0-9a-f]{64})))\/link$/;

export function isRepositoryName(text: string): boolean {
  return text.length <= longestRepository && repositoryPattern.test(text);
}

export function isTagName(text: string): boolean {
  return tagPattern.test(text);
}

// oc-mirror looks for the name anywhere in a file's name (internal/pkg/archive/unarchive.go); its own names are exactly
// this.
const archiveNameWithin = /mirror_\d{6}\.tar/;
const archiveNamePattern = new RegExp(`^${archiveNameWithin.source}$`);

/** The name of an archive of one run, in records. */
export const ArchiveName = z.string().regex(archiveNamePattern, 'must be a name such as mirror_000001.tar');

/** Whether a file is named like the archives of one run: `mirror_000001.tar`. */
export function isArchiveName(fileName: string): boolean {
  return archiveNamePattern.test(fileName);
}

/** Whether oc-mirror would take a file of this name for an archive: `old_mirror_000001.tar.bak` too. */
export function containsArchiveName(fileName: string): boolean {
  return archiveNameWithin.test(fileName);
}

/** `mirror_000001.tar`, as oc-mirror names and looks for the archives of one run. Counted from 1. */
export function archiveFileName(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number > 999_999) throw impossible(`archive number ${number}`);
  return `mirror_${String(number).padStart(6, '0')}.tar`;
}

export function blobEntryName(digest: Digest): string {
  const hex = hexOf(digest);
  return `${blobsRoot}/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

/** Lets a repository serve a config or a layer. */
export function layerLinkName(repository: string, digest: Digest): string {
  return `${repositoryFolder(repository)}/_layers/sha256/${hexOf(digest)}/link`;
}

/** Lets a repository serve a manifest or an index by digest. */
export function revisionLinkName(repository: string, digest: Digest): string {
  return `${repositoryFolder(repository)}/_manifests/revisions/sha256/${hexOf(digest)}/link`;
}

export function tagLinkName(repository: string, tag: string): string {
  if (!isTagName(tag)) throw impossible(`unchecked tag ${JSON.stringify(tag)}`);
  return `${repositoryFolder(repository)}/_manifests/tags/${tag}/current/link`;
}

/** Which manifests a tag has named, one link each. */
export function tagIndexLinkName(repository: string, tag: string, digest: Digest): string {
  if (!isTagName(tag)) throw impossible(`unchecked tag ${JSON.stringify(tag)}`);
  return `${repositoryFolder(repository)}/_manifests/tags/${tag}/index/sha256/${hexOf(digest)}/link`;
}

export function linkFileName(link: LinkName): string {
  switch (link.link) {
    case 'layer':
      return layerLinkName(link.repository, link.digest);
    case 'revision':
      return revisionLinkName(link.repository, link.digest);
    case 'tag':
      return tagLinkName(link.repository, link.tag);
    case 'tag-index':
      return tagIndexLinkName(link.repository, link.tag, link.digest);
  }
}

/** Tells what an entry is, by its name. Never throws; what must not be unpacked is `unsafe`. */
export function parseEntryName(name: string): EntryName {
  const trouble = troubleWithPath(name);
  if (trouble !== undefined) return { kind: 'unsafe', why: trouble };
  if (name.startsWith('working-dir/')) return { kind: 'working-dir' };
  if (name.startsWith(`${registryRoot}/`)) return parseRegistryName(name);
  if (name.includes('working-dir') || name.includes(registryRoot)) {
    return {
      kind: 'unsafe',
      why: 'it has working-dir or docker/registry/v2 in the middle, so oc-mirror would unpack the entry into another folder',
    };
  }
  return { kind: /^isc_[^/]+$/.test(name) ? 'isc' : 'other' };
}

function parseRegistryName(name: string): EntryName {
  if (name.includes('working-dir'))
    return { kind: 'unsafe', why: 'it contains working-dir, so oc-mirror would unpack the entry into working-dir' };
  if (name.startsWith(`${blobsRoot}/`)) {
    const hex = blobPattern.exec(name.slice(blobsRoot.length + 1))?.[2];
    return hex === undefined
      ? { kind: 'unsafe', why: 'it is in the folder of the blobs, but is not a sha256 digest' }
      : { kind: 'blob', digest: digestFromHex(hex) };
  }
  const parts = linkPattern.exec(name.slice(repositoriesRoot.length + 1))?.groups;
  if (!name.startsWith(`${repositoriesRoot}/`) || parts === undefined) return { kind: 'other' };
  return parseLink(parts);
}

function parseLink(parts: Record<string, string | undefined>): EntryName {
  const { repository = '', layer, revision, tag, indexed } = parts;
  if (!isRepositoryName(repository)) return { kind: 'unsafe', why: 'it contains an invalid repository name' };
  if (layer !== undefined) return { kind: 'link', link: 'layer', repository, digest: digestFromHex(layer) };
  if (revision !== undefined) return { kind: 'link', link: 'revision', repository, digest: digestFromHex(revision) };
  if (tag === undefined || !isTagName(tag)) return { kind: 'unsafe', why: 'it contains an invalid tag' };
  return indexed === undefined
    ? { kind: 'link', link: 'tag', repository, tag }
    : { kind: 'link', link: 'tag-index', repository, tag, digest: digestFromHex(indexed) };
}

function repositoryFolder(repository: string): string {
  if (!isRepositoryName(repository)) throw impossible(`unchecked repository ${JSON.stringify(repository)}`);
  return `${repositoriesRoot}/${repository}`;
}

// No honest path has this: an empty component, or one of one or two dots. Most names need no further check.
const oddComponent = /(?:^|\/)\.{0,2}(?:\/|$)/;

function troubleWithPath(name: string): string | undefined {
  if (name.startsWith('/')) return 'it is an absolute path';
  if (name.includes('\0')) return 'it contains a zero byte';
  if (name.includes('\\')) return 'it contains a backslash, which separates folders on Windows';
  if (!oddComponent.test(name)) return undefined;
  if (name.split('/').includes('..')) return 'it leads out of the folder with ".."';
  return 'one of its parts is empty or "."';
}
