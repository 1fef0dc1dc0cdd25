import { chmod, open } from 'node:fs/promises';
import type { Dice } from '../../testing/lab/random';
import type { SealedArchive } from './sealed-mirror';
import type { ArchivePiece, PieceKind } from './write-archive';

export interface Flip {
  readonly archive: SealedArchive;
  /** From the file's start. */
  readonly offset: number;
  readonly bit: number;
  readonly piece: ArchivePiece;
}

// By bytes nearly all of an archive is blobs; so what is hit is drawn first.
const drawn: readonly PieceKind[] = [
  ...Array<PieceKind>(8).fill('blob'),
  ...Array<PieceKind>(5).fill('header'),
  ...Array<PieceKind>(3).fill('link'),
  ...Array<PieceKind>(2).fill('padding'),
  'working-dir',
  'trailer',
];

/** A single bit of an archive, at random. */
export function flipIn(archive: SealedArchive, dice: Dice): Flip {
  const kind = dice.pick(drawn);
  const wanted = archive.pieces.filter((piece) => piece.kind === kind);
  const piece = dice.pick(wanted.length > 0 ? wanted : archive.pieces);
  return { archive, piece, offset: piece.from + dice.number(piece.to - piece.from), bit: dice.number(8) };
}

/** Flips the bit in place, in every hard link of the file; a second time, and it is as before. */
export async function flip({ archive, offset, bit }: Flip): Promise<void> {
  await chmod(archive.path, 0o644);
  const file = await open(archive.path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = (byte[0] ?? 0) ^ (1 << bit);
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
  }
}

/** What was hit, for the message of a failed test. */
export function inWords({ archive, offset, bit, piece }: Flip): string {
  return `bit ${bit} at ${offset} of ${archive.name}: ${piece.kind} of ${piece.entry?.name ?? 'the archive'}, ${offset - piece.from} of ${piece.to - piece.from}`;
}
