import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { ExpectedImage } from './expected-image';
import { imagesOfSet } from './set-images';

const digest = (digit: string): Digest => digestFromHex(digit.repeat(64));
const manifest = (digit: string, refs: readonly string[] = [], type = 'manifest'): BlobRecord => ({
  digest: digest(digit),
  bytes: 1,
  mediaType: `application/vnd.oci.image.${type}.v1+json`,
  refs: refs.map(digest),
});
const etcd: ExpectedImage = {
  kind: 'release',
  source: 'quay.io/art@sha256:aa',
  repository: 'openshift/release',
  tag: '4.19.3-etcd',
};

function find({
  images = [],
  tags,
  own = [],
  base = [],
  unknown = [],
}: {
  images?: readonly ExpectedImage[] | undefined;
  tags: Readonly<Record<string, string>>;
  own?: readonly BlobRecord[] | undefined;
  base?: readonly BlobRecord[] | undefined;
  unknown?: readonly ('operator' | 'helm')[] | undefined;
}) {
  const byDigest = (blobs: readonly BlobRecord[]) => new Map(blobs.map((blob) => [blob.digest, blob]));
  const found = imagesOfSet({
    expected: { images, catalogs: [], unknown: new Set(unknown) },
    tags: new Map(Object.entries(tags).map(([place, digit]) => [place, digest(digit)])),
    own: byDigest(own),
    base: byDigest(base),
  });
  return {
    images: found.images.map(({ kind, source, repository, tag }) => `${kind} ${source} ${repository}:${tag}`),
    absent: found.absent.map(({ source }) => source),
  };
}

describe('imagesOfSet', () => {
  it('finds the images of the configuration, wherever their manifests are', () => {
    const tags = { 'openshift/release:4.19.3-etcd': 'a' };
    const expected = { images: ['release quay.io/art@sha256:aa openshift/release:4.19.3-etcd'], absent: [] };
    expect(find({ images: [etcd], tags, base: [manifest('a')] })).toEqual(expected);
    expect(find({ images: [etcd], tags })).toEqual(expected);
  });

  it('names images of the configuration that have no tag', () => {
    expect(find({ images: [etcd], tags: {} })).toEqual({ images: [], absent: ['quay.io/art@sha256:aa'] });
  });

  it('leaves out tags of other configurations: their manifests are missing, or the configuration has them under another name', () => {
    const tags = { 'openshift/release:4.19.3-etcd': 'a', 'openshift/release:4.19.2-etcd': 'a', 'other/app:1': 'b' };
    expect(find({ images: [etcd], tags, own: [manifest('a')] }).images).toHaveLength(1);
  });

  it.each([
    { unknown: ['helm' as const], kind: 'helm' },
    { unknown: ['operator' as const], kind: 'operator' },
    { unknown: [], kind: 'additional' },
  ])('keeps other images that the archives hold whole, as $kind if that is unknown', ({ unknown, kind }) => {
    const hex = 'b'.repeat(64);
    const tags = { 'acme/chart:1': 'a', [`acme/part:sha256-${hex}`]: 'b' };
    expect(find({ tags, own: [manifest('a'), manifest('b')], unknown }).images).toEqual([
      `${kind} acme/chart:1 acme/chart:1`,
      `${kind} acme/part@sha256:${hex} acme/part:sha256-${hex}`,
    ]);
  });

  it('attaches signatures to images, and to manifests of their indexes', () => {
    const signature = (digit: string): string => `openshift/release:sha256-${digit.repeat(64)}.sig`;
    const tags = {
      'openshift/release:4.19.3-etcd': 'a',
      [signature('a')]: 'd',
      [signature('b')]: 'e',
      [signature('c')]: 'f',
    };
    const own = [manifest('a', ['b'], 'index'), manifest('b', ['c']), manifest('d'), manifest('e'), manifest('f')];
    expect(find({ images: [etcd], tags, own }).images.map((line) => line.slice(0, 42))).toEqual([
      'release quay.io/art@sha256:aa openshift/re',
      'release quay.io/art:sha256-aaaaaaaaaaaaaaa',
      'release quay.io/art:sha256-bbbbbbbbbbbbbbb',
    ]);
  });

  it('records no source that cannot be printed', () => {
    const hostile: ExpectedImage = { ...etcd, source: 'quay.io/\u001b[31m' };
    const tags = { 'openshift/release:4.19.3-etcd': 'a' };
    expect(find({ images: [hostile], tags, own: [manifest('a')] }).images).toEqual([
      'release openshift/release:4.19.3-etcd openshift/release:4.19.3-etcd',
    ]);
  });
});
