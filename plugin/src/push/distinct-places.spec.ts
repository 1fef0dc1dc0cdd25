import { digestFromHex } from '../oci/digest';
import type { DestinationImage } from './destination-images';
import { requireDistinctPlaces } from './distinct-places';

const image = (repository: string, root: string): DestinationImage => ({
  kind: 'additional',
  source: `quay.io/${repository}:1`,
  digest: digestFromHex(root.repeat(64)),
  repository,
  tag: '1',
});
const destination = { host: 'registry.example', namespace: '', maxNestedPaths: 2 };

describe('two images that get one name when paths are shortened', () => {
  it('are refused, each by its name', () => {
    const images = [image('a/b/c', 'a'), image('a/b-c', 'b'), image('a/d', 'c')];
    expect(() => requireDistinctPlaces(images, destination)).toThrow(
      expect.objectContaining({ code: 'SEQ0656', details: ['a/b/c:1 and a/b-c:1 both become a/b-c:1'] }),
    );
  });

  it('may be the same image', () => {
    expect(() => requireDistinctPlaces([image('a/b/c', 'a'), image('a/b-c', 'a')], destination)).not.toThrow();
  });

  it('stay two if paths are kept', () => {
    const images = [image('a/b/c', 'a'), image('a/b-c', 'b')];
    expect(() => requireDistinctPlaces(images, { ...destination, maxNestedPaths: undefined })).not.toThrow();
  });
});
