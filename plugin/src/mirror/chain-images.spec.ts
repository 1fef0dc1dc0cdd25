import { digestFromHex } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { fewerImages } from './chain-images';

const image = (tag: string, root: string, more: Partial<MirroredImage> = {}): MirroredImage => ({
  kind: 'operator',
  source: 'registry.example/index:v1',
  digest: digestFromHex(root.repeat(64)),
  repository: 'index',
  tag,
  ...more,
});

it('says why a registry gets fewer images than a sequence records', () => {
  const signature = image('sha256-b.sig', 'c', { attachedTo: digestFromHex('b'.repeat(64)) });
  const [original, filtered, related] = [image('v1', 'a'), image('filtered', 'b'), image('related', 'd')];
  const again = { ...related, source: 'registry.example/related:v1' };
  expect(
    fewerImages({
      recorded: [original, filtered, signature, related, again],
      images: [{ ...filtered, tag: 'v1' }, signature, related, again],
    }),
  ).toEqual({ replacedCatalogs: 1, samePlace: 1 });
  expect(fewerImages({ recorded: [related, signature], images: [related, signature] })).toEqual({
    replacedCatalogs: 0,
    samePlace: 0,
  });
});
