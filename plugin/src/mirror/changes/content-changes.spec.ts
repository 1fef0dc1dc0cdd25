import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { ImageKind, MirroredImage } from '../../oci/image';
import type { ImageContent } from './content-changes';
import { changesByKind, totalOf } from './content-changes';

const digest = (letter: string): Digest => digestFromHex(letter.repeat(64));

/** An image whose manifest has one byte, and whose layers are named by their sizes: equal sizes are one layer. */
interface Sketch {
  readonly kind?: ImageKind | undefined;
  readonly name: string;
  readonly letter: string;
  readonly layers: readonly number[];
  readonly attachedTo?: string | undefined;
}

function contentOf(...sketches: readonly Sketch[]): ImageContent {
  const layer = (bytes: number): Digest => digestFromHex(String(bytes).padStart(64, '0'));
  const blobs = new Map<Digest, BlobRecord>();
  const images = sketches.map(({ kind = 'additional', name, letter, layers, attachedTo }): MirroredImage => {
    blobs.set(digest(letter), { digest: digest(letter), bytes: 1, mediaType: 'image', refs: layers.map(layer) });
    for (const bytes of layers) blobs.set(layer(bytes), { digest: layer(bytes), bytes });
    const [repository = '', tag = ''] = name.split(':');
    const about = attachedTo === undefined ? undefined : digest(attachedTo);
    return { kind, source: `r.example/${name}`, digest: digest(letter), repository, tag, attachedTo: about };
  });
  return { images, blobs };
}

const nothing = contentOf();

describe('changesByKind', () => {
  it('finds everything new in a first sequence', () => {
    const now = contentOf({ name: 'a:1', letter: 'a', layers: [100, 20] });
    expect(changesByKind(nothing, now, nothing.blobs)).toEqual([
      {
        kind: 'additional',
        added: { images: 1, bytes: 121 },
        shared: { images: 0, bytes: 0 },
        dropped: { images: 0, bytes: 0 },
      },
    ]);
  });

  it('tells what is new, shared and dropped, each blob counted once', () => {
    const before = contentOf(
      { name: 'a:1', letter: 'a', layers: [100, 20] },
      { name: 'b:1', letter: 'b', layers: [100, 7] },
    );
    const now = contentOf(
      { name: 'a:1', letter: 'a', layers: [100, 20] },
      { name: 'c:1', letter: 'c', layers: [100, 5, 20] },
    );
    expect(changesByKind(before, now, before.blobs)).toEqual([
      {
        kind: 'additional',
        added: { images: 1, bytes: 1 + 5 },
        shared: { images: 1, bytes: 1 + 100 + 20 },
        dropped: { images: 1, bytes: 1 + 7 },
      },
    ]);
  });

  it('counts a tag that moved as one image added and one dropped', () => {
    const before = contentOf({ name: 'a:1', letter: 'a', layers: [100, 20] });
    const now = contentOf({ name: 'a:1', letter: 'b', layers: [100, 30] });
    const [changes] = changesByKind(before, now, before.blobs);
    expect(changes).toMatchObject({
      added: { images: 1, bytes: 31 },
      shared: { images: 0, bytes: 100 },
      dropped: { images: 1, bytes: 21 },
    });
  });

  it('counts a blob of several kinds with the first of them, so that kinds add up', () => {
    const now = contentOf(
      { kind: 'release', name: 'r:1', letter: 'a', layers: [100] },
      { kind: 'operator', name: 'o:1', letter: 'b', layers: [100, 3] },
      { kind: 'helm', name: 'h:1', letter: 'c', layers: [3] },
    );
    const kinds = changesByKind(nothing, now, nothing.blobs);
    expect(kinds.map(({ kind, added }) => [kind, added.bytes])).toEqual([
      ['release', 101],
      ['operator', 4],
      ['helm', 1],
    ]);
    expect(totalOf(kinds).added).toEqual({ images: 3, bytes: 106 });
  });

  it('shows a kind that is dropped completely', () => {
    const before = contentOf({ kind: 'helm', name: 'h:1', letter: 'a', layers: [9] });
    expect(changesByKind(before, nothing, before.blobs)).toMatchObject([
      { kind: 'helm', dropped: { images: 1, bytes: 10 } },
    ]);
  });

  it('counts all bytes as new without a base, although the images are the same', () => {
    const same = contentOf({ name: 'a:1', letter: 'a', layers: [100] });
    expect(changesByKind(same, same, nothing.blobs)).toMatchObject([
      { added: { images: 0, bytes: 101 }, shared: { images: 1, bytes: 0 } },
    ]);
  });

  it('counts the bytes of a signature, but not as an image', () => {
    const now = contentOf(
      { name: 'a:1', letter: 'a', layers: [100] },
      { name: 'a:sha256-a.sig', letter: 'b', layers: [2], attachedTo: 'a' },
    );
    expect(changesByKind(nothing, now, nothing.blobs)).toMatchObject([{ added: { images: 1, bytes: 104 } }]);
  });
});
