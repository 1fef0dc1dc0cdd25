import fc from 'fast-check';
import { digestOf } from '../../archive/archive.fixture';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { baseBlobs, baseChain } from '../../sequence/base';
import { closureOf } from '../../sequence/closure';
import type { Custody } from '../../sequence/custody';
import { declareLost, declareRetired, servesAsBase } from '../../sequence/custody';
import { dependenciesOf } from '../../sequence/dependencies';
import { imageChanges } from '../../sequence/images';
import type { BaseChoice } from '../../sequence/intent';
import { Seal } from '../../sequence/seal';
import type { ArchivesPlace } from '../sequence-here';
import type { RetainedSequence, RetainedSite, RetentionRule } from './retention';
import { retentionOf } from './retention';

// Images that share layers: image n has its own manifest and the layers n, n + 1 and 0.
const imagesInAll = 7;
const layer = (number: number): BlobRecord => ({
  digest: digestOf(Buffer.from(`layer ${number % (imagesInAll + 1)}`)),
  bytes: 100 + number,
  mediaType: undefined,
  refs: undefined,
});
const layersOf = (number: number) => [layer(number), layer(number + 1), layer(0)];
const manifestOf = (number: number): BlobRecord => ({
  digest: digestOf(Buffer.from(`manifest ${number}`)),
  bytes: 10,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  refs: layersOf(number).map(({ digest }) => digest),
});
const imageOf = (number: number): MirroredImage => ({
  source: `registry.example/image-${number}:1`,
  kind: 'additional',
  digest: manifestOf(number).digest,
  repository: `image-${number}`,
  tag: '1',
});
const blobsOf = (numbers: readonly number[]): Map<Digest, BlobRecord> =>
  new Map(
    numbers.flatMap((number) => [manifestOf(number), ...layersOf(number)]).map((blob) => [blob.digest, blob] as const),
  );

interface Sequence extends RetainedSequence {
  readonly base: BaseChoice;
  readonly images: readonly number[];
}

/** A mirror with sites as it lives for years, by the functions that decide in the real one. */
class Life {
  sequences: Sequence[] = [];
  custodies = new Map<number, Custody>();
  here = new Set<number>();
  sites = new Map([
    ['alpha', new Set<number>()],
    ['bravo', new Set<number>()],
  ]);
  sent: { id: string; site: string; head: number }[] = [];
  dispatched = new Set<number>();
  retired = 0;

  seal(images: readonly number[], choice: BaseChoice): void {
    const number = this.sequences.length + 1;
    const bases = new Map([...this.sequences.map((each, index) => [index + 1, each.base] as const), [number, choice]]);
    const chain = baseChain(number, bases as Map<number, BaseChoice>);
    const inventories = new Map(this.sequences.map(({ entry, inventory }) => [entry.number, inventory]));
    const base = baseBlobs(chain, { inventories, custodies: this.custodies });
    const closure = blobsOf(images);
    const own = [...closure.values()].filter(({ digest }) => !base.has(digest));
    const holders = new Map(
      chain
        .filter((at) => servesAsBase(this.custodies.get(at) ?? { schema: 'seqmirror/v1', state: 'held', copies: [] }))
        .map((at) => [at, new Set(inventories.get(at)?.blobs.map(({ digest }) => digest))]),
    );
    const owned = new Set(own.map(({ digest }) => digest));
    const needs = dependenciesOf({ closure, own: owned, holders, linkedIn: new Set() });
    this.sequences.push({
      entry: {
        number,
        folder: `seq${number}-a`,
        seal: Seal.parse(`sha256:${String(number).padStart(64, '0')}`),
        state: 'sealed',
      },
      metadata: {
        timestamp: `2026-11-${String(number).padStart(2, '0')}T00:00:00Z`,
        links_since: undefined,
        air_gapped_transfer: { dependencies: needs.map((each) => `seq${each.number}` as const) },
      },
      inventory: {
        images: imageChanges((this.sequences.at(-1)?.images ?? []).map(imageOf), images.map(imageOf)),
        blobs: own,
      },
      base: choice,
      images,
    });
    this.custodies.delete(number);
    this.here.add(number);
  }

  retained(): RetainedSite[] {
    return [...this.sites].map(([name, acknowledged]) => ({
      name,
      head: Math.max(0, ...acknowledged),
      inTransit: this.sent.filter(({ site, head }) => site === name && head > Math.max(0, ...acknowledged)),
    }));
  }

  placeOf(number: number): ArchivesPlace {
    if (this.here.has(number)) return 'here';
    const custody = this.custodies.get(number);
    return custody !== undefined && custody.state !== 'lost' && custody.copies.length > 0 ? 'elsewhere' : 'nowhere';
  }

  /** What of a sequence's blobs nobody has, by what lies where and nothing else. */
  missingOf(number: number, places: readonly ArchivesPlace[] = ['here', 'elsewhere']): Digest[] {
    const images = this.sequences[number - 1]!.images;
    const had = new Set(
      this.sequences
        .filter(({ entry }) => places.includes(this.placeOf(entry.number)))
        .flatMap(({ inventory }) => inventory.blobs.map(({ digest }) => digest)),
    );
    return [
      ...closureOf(
        images.map((image) => manifestOf(image).digest),
        blobsOf(images),
      ).blobs.keys(),
    ].filter((digest) => !had.has(digest));
  }

  /** Sequences that somebody may still be given: the newest, what sites lack, what is on its way. */
  owed(): number[] {
    const newest = this.sequences.length;
    const owed = new Set([newest]);
    for (const { head, inTransit } of this.retained()) {
      for (let number = head + 1; head > 0 && number <= newest; number += 1) owed.add(number);
      for (const transfer of inTransit) owed.add(transfer.head);
    }
    return [...owed];
  }

  prune(rule: RetentionRule, to: string | undefined): void {
    const { kept, uncovered, unlinked } = retentionOf(this.sequences, {
      sites: this.retained(),
      rule,
      placeOf: (number) => this.placeOf(number),
    });
    if (uncovered.length > 0 || unlinked.length > 0) return;
    for (const number of [...this.here].filter((each) => !kept.has(each))) {
      const moved = to === undefined ? undefined : { where: to, date: '2026-11-28' };
      this.custodies.set(number, declareRetired(this.custodies.get(number), moved));
      this.here.delete(number);
      this.retired += 1;
    }
  }

  /** As void does: the last sequence, if it was sent to nobody and the one before is complete. */
  makeVoid(): void {
    const newest = this.sequences.length;
    if (newest < 2 || this.dispatched.has(newest)) return;
    this.sequences.pop();
    this.here.delete(newest);
  }
}

type Step = (life: Life, at: number) => void;

const some = <T>(items: readonly T[], at: number): T => items[at % items.length]!;

const steps: Readonly<Record<string, Step>> = {
  'seal a differential': (life, at) => life.seal(imagesFor(at), 'previous'),
  'seal another one': (life, at) => life.seal(imagesFor(at * 31), 'previous'),
  'seal a baseline': (life, at) => life.seal(imagesFor(at), 'none'),
  'seal on an earlier one': (life, at) => life.seal(imagesFor(at), `seq${1 + (at % life.sequences.length)}`),
  send: (life, at) => {
    const head = 1 + (at % life.sequences.length);
    life.dispatched.add(head);
    life.sent.push({ id: `T${life.sent.length}`, site: some([...life.sites.keys()], at), head });
  },
  acknowledge: (life, at) => {
    const head = 1 + ((at >> 3) % life.sequences.length);
    life.dispatched.add(head);
    some([...life.sites.values()], at).add(head);
  },
  'all acknowledge the newest': (life) => {
    life.dispatched.add(life.sequences.length);
    for (const acknowledged of life.sites.values()) acknowledged.add(life.sequences.length);
  },
  'one acknowledges the newest': (life, at) => {
    life.dispatched.add(life.sequences.length);
    some([...life.sites.values()], at).add(life.sequences.length);
  },
  'send the newest': (life, at) => {
    life.dispatched.add(life.sequences.length);
    const site = some([...life.sites.keys()], at);
    life.sent.push({ id: `T${life.sent.length}`, site, head: life.sequences.length });
  },
  'what was sent is lost': (life) => {
    life.sent = [];
  },
  'a site is restored from a backup': (life, at) => {
    const acknowledged = some([...life.sites.values()], at);
    for (const number of acknowledged)
      if (number > (at >> 2) % (life.sequences.length + 1)) acknowledged.delete(number);
  },
  void: (life) => life.makeVoid(),
  prune: (life, at) => life.prune({ keep: 1 + (at % 3) }, undefined),
  'prune, keep one': (life) => life.prune({ keep: 1 }, undefined),
  'prune and move': (life, at) => life.prune({ keep: 1 + (at % 2) }, '/media/old'),
};

/** Between one and all images, by the bits of a number. */
function imagesFor(at: number): number[] {
  const all = Array.from({ length: imagesInAll }, (_, index) => index);
  const chosen = all.filter((index) => ((at >> index) & 1) === 1);
  return chosen.length === 0 ? [at % imagesInAll] : chosen;
}

// Most of what happens in a real life more often is drawn more often, so that there is something to retire.
const drawn = [...Object.keys(steps), 'seal a baseline', 'one acknowledges the newest', 'prune, keep one'];
const life = fc.array(fc.tuple(fc.constantFrom(...drawn), fc.nat(1_000_000)), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});

describe('pruning', () => {
  it('never takes a blob from the newest sequence, from what sites lack, or from what is on its way', () => {
    let retired = 0;
    fc.assert(
      fc.property(life, (drawn) => {
        const mirror = new Life();
        mirror.seal([0, 1], 'none');
        for (const [name, at] of drawn) {
          const owed = mirror.owed();
          const before = owed.map((number) => mirror.missingOf(number, ['here']));
          steps[name]!(mirror, at);
          const newest = mirror.missingOf(mirror.sequences.length);
          expect({ after: name, newest }).toEqual({ after: name, newest: [] });
          if (name.startsWith('prune'))
            expect(owed.map((number) => mirror.missingOf(number, ['here']))).toEqual(before);
        }
        retired += mirror.retired;
      }),
      { numRuns: 60 },
    );
    // Most lives have something to retire, or nothing was tested.
    expect(retired).toBeGreaterThan(60);
  });

  it('takes nothing that was available before from what is owed, if archives were lost before', () => {
    fc.assert(
      fc.property(life, fc.nat(1000), (drawn, lost) => {
        const mirror = new Life();
        mirror.seal([0, 1], 'none');
        for (const [index, [name, at]] of drawn.entries()) {
          if (index % 5 === 4) {
            const number = 1 + ((lost + index) % mirror.sequences.length);
            mirror.here.delete(number);
            mirror.custodies.set(number, declareLost(mirror.custodies.get(number), 'a disk died'));
          }
          const owed = mirror.owed();
          const before = owed.map((number) => mirror.missingOf(number, ['here']));
          steps[name]!(mirror, at);
          if (name.startsWith('prune'))
            expect(owed.map((number) => mirror.missingOf(number, ['here']))).toEqual(before);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('retentionOf', () => {
  const chainOf = (...sequences: readonly (readonly [readonly number[], BaseChoice])[]) => {
    const mirror = new Life();
    for (const [images, base] of sequences) mirror.seal(images, base);
    return mirror.sequences;
  };
  const everywhereHere = (): ArchivesPlace => 'here';
  const reasons = (
    sequences: readonly RetainedSequence[],
    sites: readonly RetainedSite[],
    rule: RetentionRule = { keep: 1 },
  ) =>
    [...retentionOf(sequences, { sites, rule, placeOf: everywhereHere }).kept].map(
      ([number, why]) => `${number}: ${why.map(({ kind }) => kind).join(', ')}`,
    );
  const alpha = (head: number, ...inTransit: number[]): RetainedSite => ({
    name: 'alpha',
    head,
    inTransit: inTransit.map((each) => ({ id: `T000${each}`, head: each })),
  });
  const rebased = chainOf([[0], 'none'], [[0, 1], 'previous'], [[0, 1, 2], 'none'], [[0, 1, 2, 3], 'previous']);

  it('keeps everything that nobody has acknowledged', () => {
    const all = [
      '1: unacknowledged, needed',
      '2: unacknowledged',
      '3: unacknowledged, needed',
      '4: newest, unacknowledged',
    ];
    expect(reasons(rebased, [])).toEqual(all);
    expect(reasons(rebased, [alpha(0)])).toEqual(all);
  });

  it('retires what is behind a new baseline that a site has', () => {
    expect(reasons(rebased, [alpha(4)])).toEqual(['3: needed', '4: newest']);
    expect(reasons(rebased, [alpha(3)])).toEqual(['3: acknowledged, needed', '4: newest, lacking, unacknowledged']);
  });

  it('keeps what another site lacks, with what that needs', () => {
    expect(reasons(rebased, [alpha(4), { ...alpha(1), name: 'bravo' }])).toEqual([
      '1: acknowledged, needed',
      '2: lacking',
      '3: lacking, needed',
      '4: newest, lacking',
    ]);
  });

  it('keeps what is on its way', () => {
    expect(reasons(rebased, [alpha(4), { ...alpha(0, 2), name: 'bravo' }])).toEqual([
      '1: needed',
      '2: in transit',
      '3: needed',
      '4: newest',
    ]);
  });

  it('keeps as many as asked for, and what is too young', () => {
    expect(reasons(rebased, [alpha(4)], { keep: 3 })).toEqual([
      '1: needed',
      '2: recent',
      '3: recent, needed',
      '4: newest',
    ]);
    expect(reasons(rebased, [alpha(4)], { keep: 1, olderThan: new Date('2026-11-01T12:00:00Z') })).toEqual([
      '2: young',
      '3: needed, young',
      '4: newest, young',
    ]);
  });

  it('says which blobs of the newest one nobody has', () => {
    const place = (number: number): ArchivesPlace => (number === 3 ? 'nowhere' : 'here');
    const asked = { sites: [alpha(4)], rule: { keep: 1 }, placeOf: place };
    const { uncovered, kept, newestNeeds } = retentionOf(rebased, asked);
    expect(newestNeeds).toEqual([1, 2, 3, 4]);
    expect([...kept.keys()]).toEqual([1, 2, 3, 4]);
    expect(uncovered).toEqual([manifestOf(2).digest, ...[layer(3)].map(({ digest }) => digest)]);
  });

  it('does not take the word of a record that names too few', () => {
    const [first, second, third, { metadata, ...fourth }] = rebased as [Sequence, Sequence, Sequence, Sequence];
    const lying = { ...fourth, metadata: { ...metadata, air_gapped_transfer: { dependencies: [] } } };
    expect(reasons([first, second, third, lying], [alpha(4)])).toContain('3: needed');
  });
});
