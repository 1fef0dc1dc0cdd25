/** Damage to whole archive files, on a disk that carries the chain: what is broken is named, and nothing else. */
import { baseChain } from '../../plugin/src/sequence/base';
import { diceFrom } from '../../testing/lab/random';
import { runSeed, sizeOf, withSeed } from '../size';
import { onDisk } from './carried';
import type { SealedMirror } from './sealed-mirror';
import { buildSealedMirror } from './sealed-mirror';
import { naming, validated, verdictOf } from './validated';
import type { Damage, Damaging } from './volumes';
import { cuts, cutting, volumeDamages } from './volumes';
import type { PieceKind } from './write-archive';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const times = sizeOf({ small: 1, full: 40 });
const plan = { sequences: 4, images: 3, layers: 2, layerBytes: 20_000, archiveBytes: 100_000 };
const kinds: readonly PieceKind[] = ['header', 'link', 'blob', 'working-dir', 'padding', 'trailer'];

describe(withSeed('Deep validation of a disk'), () => {
  let mirror: SealedMirror;
  let other: SealedMirror;
  beforeAll(async () => {
    mirror = await buildSealedMirror({ ...plan, seed: runSeed() });
    other = await buildSealedMirror({ ...plan, seed: runSeed() + 1 });
  });
  afterAll(async () => {
    await mirror?.remove();
    await other?.remove();
  });

  it('proves one that nothing happened to', async () => {
    const { sequences, sound } = await onDisk(mirror, (path) => validated(mirror, { path }));
    expect([sound, ...sequences.map(({ verdict }) => verdict)]).toEqual([
      true,
      ...Array(plan.sequences).fill('PROVEN'),
    ]);
  });

  const damagings: readonly (readonly [string, Damaging])[] = [
    ...Object.entries(volumeDamages),
    ...kinds.flatMap((kind) =>
      cuts.map((where) => [`a volume is cut, at a ${kind}, ${where}`, cutting(kind, where)] as const),
    ),
  ];

  it.each(damagings)('names the file and the sequence where %s', async (name, damaging) => {
    for (let time = 0; time < times; time += 1) {
      const dice = diceFrom(runSeed(), name, time);
      await onDisk(mirror, async (disk) => {
        const damage = await damaging({ disk, mirror, other, sequence: dice.pick(mirror.sequences), dice });
        for (const depth of ['deep', 'full'] as const) {
          const validation = await validated(mirror, { path: disk, depth });
          const { verdict, findings } = verdictOf(validation, damage.folder);
          const errors = findings.filter(({ severity }) => severity === 'error');
          const unnamed = damage.files.filter((file) => naming(errors, file).length === 0);
          expect([damage.what, depth, verdict, unnamed]).toEqual([damage.what, depth, 'BROKEN', []]);
          const alarms =
            depth === 'deep'
              ? independentOf(damage).filter((folder) => verdictOf(validation, folder).verdict !== 'PROVEN')
              : [];
          expect([damage.what, alarms]).toEqual([damage.what, []]);
        }
      });
    }
  });

  /** Sequences that the damaged one is not a base of. */
  function independentOf({ folder }: Damage): string[] {
    const damaged = mirror.sequences.find((sequence) => sequence.folder === folder)?.number ?? 0;
    const bases = new Map(mirror.sequences.map(({ number, base }) => [number, base]));
    return mirror.sequences
      .filter(({ number }) => number !== damaged && !baseChain(number, bases).includes(damaged))
      .map((sequence) => sequence.folder);
  }
});
