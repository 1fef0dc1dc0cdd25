import fc from 'fast-check';
import { blobsIn } from '../archive/plan';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { BundleFile, BundleLayout } from './bundle-file';
import type { Medium } from './media';
import { mediumOf, usedBytes } from './media';
import type { VolumeContents } from './split-volumes';
import { splitVolumes } from './split-volumes';
import { takenBytes } from './taken-bytes';

const digest = (number: number): Digest => digestFromHex(number.toString(16).padStart(64, '0'));
const records = [
  { path: 'chain/chain.lock', bytes: 200 },
  { path: 'chain/seq1-baseline/seq-inventory.jsonl', bytes: 40_000 },
];
const link = (number: number) => ({
  name: `docker/registry/v2/repositories/lab/app${number}/_layers/sha256/${'a'.repeat(64)}/link`,
  digest: digest(number),
});

const carriedOf = (sizes: readonly number[], links = 3): VolumeContents => ({
  blobs: sizes.map((bytes, index) => ({ digest: digest(index + 1), bytes })),
  links: Array.from({ length: links }, (_, index) => link(index + 1)),
  files: [],
  whole: [],
  archiveSizeBytes: 500 * 1024 ** 3,
});

const layOut = (carried: VolumeContents, medium: Medium): BundleLayout =>
  splitVolumes(carried, { medium, taken: (archives) => takenBytes(medium, archives, { lines: 3, records }) });

const usedBy = (medium: Medium, archives: readonly BundleFile[]): number =>
  takenBytes(medium, archives.length, { lines: 3, records }) +
  archives.reduce((sum, { bytes }) => sum + medium.fileBytes(bytes), 0);

/** Martello and Toth's L2: items larger than half a volume cannot share one, and the rest has to go somewhere. */
function lowerBound(sizes: readonly number[], room: number): number {
  const sum = sizes.reduce((total, size) => total + size, 0);
  let best = Math.ceil(sum / room);
  for (const threshold of [0, ...sizes.filter((size) => size <= room / 2)].slice(0, 200)) {
    const large = sizes.filter((size) => size > room - threshold);
    const middle = sizes.filter((size) => size <= room - threshold && size > room / 2);
    const small = sizes.filter((size) => size <= room / 2 && size >= threshold);
    const free = middle.length * room - middle.reduce((total, size) => total + size, 0);
    const rest = small.reduce((total, size) => total + size, 0) - free;
    best = Math.max(best, large.length + middle.length + Math.max(0, Math.ceil(rest / room)));
  }
  return best;
}

// As layers are: many of a few kilobytes, some of gigabytes.
const sizes = (most: number) =>
  fc.array(
    fc.double({ min: 0, max: 1, noNaN: true }).map((share) => Math.floor(100 * (most / 100) ** share)),
    { minLength: 1, maxLength: 120 },
  );

describe('splitVolumes', () => {
  it.each(['dvd5', 'dvd9', 'bd25', 'bd50', 'bd100', 'usb:64G', 'usb:32M', 'fat32:32G', 'fat32:100M', '60000000'])(
    'fits every volume of %s, puts every blob on one, and takes at most one more than it must',
    (name) => {
      const medium = mediumOf(name);
      const capacity = medium.bytes ?? 0;
      fc.assert(
        fc.property(sizes(capacity * 0.7), (lengths) => {
          const layout = layOut(carriedOf(lengths), medium);
          for (const { archives } of layout.volumes) {
            expect(usedBy(medium, archives)).toBeLessThanOrEqual(capacity);
            for (const { bytes } of archives) expect(bytes).toBeLessThanOrEqual(medium.largestFile);
          }
          const found = new Set(
            layout.volumes.flatMap(({ archives }) =>
              archives.flatMap((file) =>
                file.kind === 'squashed' ? blobsIn(file.archive).map((blob) => blob.digest) : [],
              ),
            ),
          );
          expect(found.size).toBe(lengths.length);
          const room = capacity - takenBytes(medium, 1, { lines: 3, records });
          const items = lengths.map((bytes) => bytes + 512);
          expect(layout.volumes.length).toBeLessThanOrEqual(lowerBound(items, room) + 1);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('takes five volumes where five suffice', () => {
    const medium = mediumOf('10000000');
    const room = 10_000_000 - takenBytes(medium, 2, { lines: 3, records }) - 20_000;
    // Each volume filled exactly by three or four blobs: largest first alone takes a sixth for many of these.
    const share = fc.tuple(fc.integer({ min: 20, max: 45 }), fc.integer({ min: 20, max: 45 }));
    let more = 0;
    fc.assert(
      fc.property(fc.array(share, { minLength: 5, maxLength: 5 }), (shares) => {
        const lengths = shares.flatMap(([a, b]) => [a, b, 100 - a - b].map((part) => Math.floor((part / 100) * room)));
        more += Number(layOut(carriedOf(lengths), medium).volumes.length > 5);
      }),
      { numRuns: 200, seed: 11 },
    );
    expect(more).toBe(0);
  });

  it('puts links and files where they fit, after larger items', () => {
    const medium = mediumOf('10000000');
    const room = 10_000_000 - takenBytes(medium, 2, { lines: 3, records });
    // Links of 1.5 KiB each, together a third of a volume.
    const layout = layOut(
      carriedOf(
        [0.95, 0.95, 0.6].map((part) => Math.floor(part * room)),
        2000,
      ),
      medium,
    );
    expect(layout.volumes).toHaveLength(3);
  });

  it('cuts what is larger than a volume into pieces that make up the whole', () => {
    const medium = mediumOf('10000000');
    const layout = layOut(carriedOf([35_000_000, 1000, 22_000_000]), medium);
    expect(layout.splits.map(({ parts }) => parts)).toEqual([4, 3]);
    for (const { name, bytes } of layout.splits) {
      const pieces = layout.volumes
        .flatMap(({ archives }) => archives)
        .filter(({ path }) => path.startsWith(`parts/${name}.`))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      let end = 0;
      for (const piece of pieces) {
        const slice = 'slice' in piece ? piece.slice : undefined;
        expect(slice?.from).toBe(end);
        end = slice?.to ?? 0;
      }
      expect(end).toBe(bytes);
    }
  });

  it('keeps files of a FAT32 stick below 4 GiB, whatever the size of its volume', () => {
    const medium = mediumOf('fat32');
    const layout = layOut(carriedOf([5e9, 3e9, 3e9, 1e9]), medium);
    expect(layout.volumes).toHaveLength(1);
    expect(layout.volumes[0]?.archives.map(({ path, bytes }) => `${path} ${bytes}`)).toMatchInlineSnapshot(`
      [
        "archives/mirror_000001.tar 4000005120",
        "archives/mirror_000002.tar 3000001536",
        "parts/mirror_000003.tar.001 4294967295",
        "parts/mirror_000003.tar.002 705034241",
      ]
    `);
  });

  it('says that a volume is too small for anything', () => {
    expect(() => layOut(carriedOf([1]), mediumOf('50000'))).toThrow('SEQ0673');
  });

  it('makes the same layout for any order of the content', () => {
    const medium = mediumOf('30000000');
    fc.assert(
      fc.property(sizes(2e7), (lengths) => {
        const carried = carriedOf(lengths);
        const turned = { ...carried, blobs: [...carried.blobs].reverse(), links: [...carried.links].reverse() };
        expect(layOut(turned, medium)).toEqual(layOut(carried, medium));
      }),
      { numRuns: 30 },
    );
  });

  it('lays out twenty thousand blobs', () => {
    const lengths = Array.from({ length: 20_000 }, (_, index) => ((index * 7919) % 30_000_000) + 100);
    expect(layOut(carriedOf(lengths, 60_000), mediumOf('bd25')).volumes.length).toBeGreaterThan(10);
  });
});

describe('mediumOf', () => {
  it.each(['cd', 'usb:', 'usb:64X', '-5', 'usb:0G', '__proto__', 'iso'])('refuses %s', (name) => {
    expect(() => mediumOf(name)).toThrow('SEQ0670');
  });

  it('counts what folders and files take', () => {
    expect(usedBytes(mediumOf('1000000'), [{ path: 'a/b/c', bytes: 1 }])).toBe(4096 * 4);
  });
});
