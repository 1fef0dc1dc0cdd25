import { digestOf } from '../../../testing/images/small-image';
import type { BlobRecord } from '../oci/blob';
import { blobSetOf, bytesOf, closureOf } from './closure';

const blob = (name: string, ...refs: string[]): BlobRecord => ({
  digest: digestOf(name),
  bytes: name.length,
  ...(refs.length === 0 ? {} : { mediaType: 'm', refs: refs.map(digestOf) }),
});
const digests = (...names: string[]) => names.map(digestOf);

describe('closureOf', () => {
  const blobs = blobSetOf([
    blob('index', 'amd', 'arm'),
    blob('amd', 'layer'),
    blob('arm', 'layer'),
    blob('layer'),
    blob('other'),
  ]);

  it('follows indexes to manifests to layers, each once', () => {
    const closure = closureOf(digests('index'), blobs);
    expect([...closure.blobs.keys()]).toEqual(digests('index', 'amd', 'arm', 'layer'));
    expect(closure.missing).toEqual([]);
  });

  it('names missing blobs and the blobs that refer to them', () => {
    const { missing } = closureOf(
      digests('index', 'gone'),
      new Map([...blobs].filter(([digest]) => digest !== digestOf('layer'))),
    );
    expect(missing).toEqual([
      { digest: digestOf('gone'), referencedBy: undefined },
      { digest: digestOf('layer'), referencedBy: digestOf('amd') },
    ]);
  });

  it('ends even if records refer to each other, which real ones cannot', () => {
    expect(closureOf(digests('a'), blobSetOf([blob('a', 'b'), blob('b', 'a')])).blobs.size).toBe(2);
  });

  it('follows references of any depth', () => {
    const deep = Array.from({ length: 50_000 }, (_, depth) => blob(`${depth}`, `${depth + 1}`));
    expect(closureOf(digests('0'), blobSetOf(deep, [blob('50000')])).blobs.size).toBe(50_001);
  });
});

describe('bytesOf', () => {
  it('counts each blob once', () => {
    expect(bytesOf(blobSetOf([blob('abc'), blob('abc')], [blob('de')]))).toBe(5);
  });
});
