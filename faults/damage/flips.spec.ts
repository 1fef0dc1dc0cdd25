/**
 * Single bit flips: each is found, and the file that it is in is named, and the blob. Several archives of a sequence are
 * hit at once, one bit each, so that ten thousand fit into an hour; every fourth time only one archive is.
 */
import { formatBytes } from '../../plugin/src/system/byte-size';
import type { SequenceVerdict } from '../../plugin/src/validation/validation';
import { diceFrom } from '../../testing/lab/random';
import { runSeed, sizeOf, withSeed } from '../size';
import type { Flip } from './flips';
import { flip, flipIn, inWords } from './flips';
import type { SealedMirror, SealedSequence } from './sealed-mirror';
import { buildSealedMirror } from './sealed-mirror';
import { naming, validated, verdictOf } from './validated';
import type { PieceKind } from './write-archive';

jest.setTimeout(sizeOf({ small: 10, full: 120 }) * 60_000);

const flips = sizeOf({ small: 400, full: 10_000 });
const plan = sizeOf({
  small: { sequences: 4, images: 4, layers: 2, layerBytes: 40_000, archiveBytes: 250_000 },
  full: { sequences: 16, images: 8, layers: 4, layerBytes: 1_100_000, archiveBytes: 8 * 1024 ** 2 },
});

describe(withSeed(`${flips} bit flips`), () => {
  let mirror: SealedMirror;
  beforeAll(async () => {
    mirror = await buildSealedMirror({ ...plan, seed: runSeed() });
  });
  afterAll(() => mirror?.remove());

  it('are looked for in a mirror that is proven', async () => {
    const { sequences, sound } = await validated(mirror);
    const other = sequences.filter(({ verdict, findings }) => verdict !== 'PROVEN' || findings.length > 0);
    expect(other).toEqual([]);
    expect(sound).toBe(true);
    const archives = mirror.sequences.flatMap((sequence) => sequence.archives);
    const bytes = archives.reduce((sum, archive) => sum + archive.bytes, 0);
    console.info(`${mirror.sequences.length} sequences, ${archives.length} archives, ${formatBytes(bytes)}`);
  });

  it('are found by deep validation, each with its file and its blob', async () => {
    const wrong: string[] = [];
    const found = new Map<PieceKind, number>();
    let [done, rounds] = [0, 0];
    for (; done < flips; rounds += 1) {
      const dice = diceFrom(runSeed(), 'flips', rounds);
      const sequence = dice.pick(mirror.sequences);
      const hit = dice.once(4) ? [dice.pick(sequence.archives)] : sequence.archives;
      const made = hit.map((archive) => flipIn(archive, dice));
      for (const each of made) await flip(each);
      const verdict = verdictOf(await validated(mirror, { folder: sequence.folder }), sequence.folder);
      for (const each of made) await flip(each);
      wrong.push(...made.flatMap((each) => missedOf(each, verdict)), ...falseAlarms(made, sequence, verdict));
      for (const { piece } of made) found.set(piece.kind, (found.get(piece.kind) ?? 0) + 1);
      done += made.length;
    }
    console.info(
      `${done} flips in ${rounds} rounds: ${[...found].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    );
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  it('are found by full validation, each with its file', async () => {
    const wrong: string[] = [];
    for (let round = 0; round < sizeOf({ small: 20, full: 200 }); round += 1) {
      const dice = diceFrom(runSeed(), 'flips, full', round);
      const sequence = dice.pick(mirror.sequences);
      const made = flipIn(dice.pick(sequence.archives), dice);
      await flip(made);
      const verdict = verdictOf(await validated(mirror, { folder: sequence.folder, depth: 'full' }), sequence.folder);
      await flip(made);
      const isFound = naming(verdict.findings, made.archive.name).some(({ severity }) => severity === 'error');
      if (verdict.verdict !== 'BROKEN' || !isFound) wrong.push(inWords(made));
    }
    expect(wrong).toEqual([]);
  });

  it('in headers of tar are found by quick validation, but for those that change nothing', async () => {
    const wrong: string[] = [];
    for (let round = 0; round < sizeOf({ small: 40, full: 500 }); round += 1) {
      const dice = diceFrom(runSeed(), 'flips, quick', round);
      const sequence = dice.pick(mirror.sequences);
      const made = flipIn(dice.pick(sequence.archives), dice);
      if (made.piece.kind !== 'header') continue;
      await flip(made);
      const verdict = verdictOf(await validated(mirror, { folder: sequence.folder, depth: 'quick' }), sequence.folder);
      await flip(made);
      const isFound = naming(verdict.findings, made.archive.name).length > 0;
      if (!isFound && !isWithinChecksum(made)) wrong.push(inWords(made));
    }
    expect(wrong).toEqual([]);
  });

  it('leave the mirror proven when all are taken back', async () => {
    expect((await validated(mirror)).sound).toBe(true);
  });
});

/** What validation should have said of a flip and did not. */
function missedOf(made: Flip, { verdict, findings }: SequenceVerdict): string[] {
  const { archive, piece } = made;
  const named = naming(findings, archive.name);
  const isError = named.some(({ severity }) => severity === 'error');
  const blob = piece.kind === 'blob' ? piece.entry?.digest : undefined;
  const isNamed = blob === undefined ? named.length > 0 : naming(named, blob).some(({ code }) => code === 'SEQ0301');
  // Padding that is not zero does no harm, so it need not break a sequence; it must be reported.
  const isBroken = piece.kind === 'padding' || (verdict === 'BROKEN' && isError);
  if (isNamed && isBroken) return [];
  return [
    `${inWords(made)}: ${verdict}, ${JSON.stringify(findings.map(({ code, what }) => `${code} ${what}`)).slice(0, 600)}`,
  ];
}

/** Archives that were not touched and are said to be damaged. */
function falseAlarms(made: readonly Flip[], { archives }: SealedSequence, { findings }: SequenceVerdict): string[] {
  const untouched = archives.filter((archive) => !made.some((each) => each.archive === archive));
  const told = untouched.filter(({ name }) => naming(findings, name).some(({ code }) => code !== 'SEQ0303'));
  return told.map(({ name }) => `${name} is named, and only ${made.map(inWords).join()} was flipped`);
}

/** Octal digits, a NUL and a space: the last two may be other bytes, and the sum is the same. */
function isWithinChecksum({ offset, piece }: Flip): boolean {
  const inBlock = (offset - piece.from) % 512;
  return inBlock >= 148 && inBlock < 156;
}
