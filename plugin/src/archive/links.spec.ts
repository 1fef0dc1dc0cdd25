import type { BlobRecord } from '../oci/blob';
import { digestFromHex } from '../oci/digest';
import { anImage } from './archive.fixture';
import { linksOf } from './links';

const manifest = 'application/vnd.oci.image.manifest.v1+json';
const digest = (digit: string) => digestFromHex(digit.repeat(64));
const setOf = (...records: BlobRecord[]) => new Map(records.map((record) => [record.digest, record]));
const names = (links: readonly { name: string }[]) =>
  links.map(({ name }) => name.replace('docker/registry/v2/repositories/', '').replaceAll(/([0-9a-f])\1{63}/g, '$1'));

describe('linksOf', () => {
  it('links a tag, the index and manifests below it as revisions, and their parts as layers', () => {
    const blobs = setOf(
      { digest: digest('1'), bytes: 1, mediaType: 'application/vnd.oci.image.index.v1+json', refs: [digest('2')] },
      { digest: digest('2'), bytes: 1, mediaType: manifest, refs: [digest('3'), digest('4')] },
      { digest: digest('3'), bytes: 1 },
    );
    const links = linksOf([{ repository: 'a/b', tag: 'v1', digest: digest('1') }], blobs);
    expect(names(links)).toEqual([
      'a/b/_layers/sha256/3/link',
      'a/b/_layers/sha256/4/link',
      'a/b/_manifests/revisions/sha256/1/link',
      'a/b/_manifests/revisions/sha256/2/link',
      'a/b/_manifests/tags/v1/current/link',
    ]);
    expect(links.at(-1)?.digest).toBe(digest('1'));
  });

  it('links what two repositories share in both, and once where two tags share it', () => {
    const blobs = setOf({ digest: digest('2'), bytes: 1, mediaType: manifest, refs: [digest('3')] });
    const images = [
      { repository: 'a', tag: 'v1', digest: digest('2') },
      { repository: 'a', tag: 'v2', digest: digest('2') },
      { repository: 'b', tag: 'v1', digest: digest('2') },
    ];
    expect(linksOf(images, blobs)).toHaveLength(4 + 3);
  });

  it('ends even if records refer to each other in a circle', () => {
    const index = 'application/vnd.oci.image.index.v1+json';
    const blobs = setOf(
      { digest: digest('1'), bytes: 1, mediaType: index, refs: [digest('2')] },
      { digest: digest('2'), bytes: 1, mediaType: index, refs: [digest('1')] },
    );
    expect(linksOf([{ repository: 'a', tag: 'v1', digest: digest('1') }], blobs)).toHaveLength(3);
  });

  it('makes the same links of an image as its archive has', () => {
    const { blobs, links, root } = anImage({ repository: 'lab/app', tag: 'v1', layers: ['one', 'two'] });
    const content = JSON.parse(String(blobs.get(root))) as {
      config: { digest: BlobRecord['digest'] };
      layers: { digest: BlobRecord['digest'] }[];
    };
    const refs = [content.config, ...content.layers].map((part) => part.digest);
    const records = setOf({ digest: root, bytes: 1, mediaType: manifest, refs });
    const sorted = [...links].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(linksOf([{ repository: 'lab/app', tag: 'v1', digest: root }], records)).toEqual(sorted);
  });
});
