/** What happens to whole archive files: cut, lost, exchanged, renamed, doubled, taken from elsewhere. */
import { appendFile, chmod, copyFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dice } from '../../testing/lab/random';
import type { SealedArchive, SealedMirror, SealedSequence } from './sealed-mirror';
import type { PieceKind } from './write-archive';

export interface Damage {
  readonly what: string;
  readonly folder: string;
  /** Files that have to be named. */
  readonly files: readonly string[];
}

export interface Scene {
  readonly disk: string;
  readonly mirror: SealedMirror;
  readonly sequence: SealedSequence;
  /** Another mirror of the same shape. */
  readonly other: SealedMirror;
  readonly dice: Dice;
}

export type Damaging = (scene: Scene) => Promise<Damage>;

export const volumeDamages: Readonly<Record<string, Damaging>> = {
  'a volume is missing': async ({ disk, sequence, dice }) => {
    const { name } = dice.pick(sequence.archives);
    await rm(join(disk, sequence.folder, name));
    return { what: `${name} is missing`, folder: sequence.folder, files: [name] };
  },
  'two volumes are exchanged': async ({ disk, sequence, dice }) => {
    const [first, second] = dice.shuffled(sequence.archives) as [SealedArchive, SealedArchive];
    const folder = join(disk, sequence.folder);
    await rename(join(folder, first.name), join(folder, 'aside'));
    await rename(join(folder, second.name), join(folder, first.name));
    await rename(join(folder, 'aside'), join(folder, second.name));
    return {
      what: `${first.name} and ${second.name} are exchanged`,
      folder: sequence.folder,
      files: [first.name, second.name],
    };
  },
  'a volume is there twice': async ({ disk, sequence, dice }) => {
    const { name } = dice.pick(sequence.archives);
    const twin = dice.pick(['mirror_000099.tar', `${name}.bak`, `copy of ${name}`]);
    await copyFile(join(disk, sequence.folder, name), join(disk, sequence.folder, twin));
    return { what: `${twin} is a copy of ${name}`, folder: sequence.folder, files: [twin] };
  },
  'a volume is renamed': async ({ disk, sequence, dice }) => {
    const { name } = dice.pick(sequence.archives);
    await rename(join(disk, sequence.folder, name), join(disk, sequence.folder, 'mirror_000099.tar'));
    return { what: `${name} is renamed`, folder: sequence.folder, files: [name, 'mirror_000099.tar'] };
  },
  'a volume is of another mirror': async ({ disk, sequence, other, dice }) => {
    const { name } = dice.pick(sequence.archives);
    const foreign = dice.pick(other.sequences.flatMap(({ archives }) => archives));
    await rm(join(disk, sequence.folder, name));
    await copyFile(foreign.path, join(disk, sequence.folder, name));
    return { what: `${name} is ${foreign.path}`, folder: sequence.folder, files: [name] };
  },
  'a volume is of another sequence': async ({ disk, sequence, mirror, dice }) => {
    const { name } = dice.pick(sequence.archives);
    const others = mirror.sequences.filter((each) => each !== sequence).flatMap(({ archives }) => archives);
    const foreign = dice.pick(others);
    await rm(join(disk, sequence.folder, name));
    await copyFile(foreign.path, join(disk, sequence.folder, name));
    return { what: `${name} is ${foreign.path}`, folder: sequence.folder, files: [name] };
  },
  'a volume grew': async ({ disk, sequence, dice }) => {
    const { name } = dice.pick(sequence.archives);
    const path = join(disk, sequence.folder, name);
    const added = dice.pick([Buffer.alloc(512), Buffer.alloc(10_240), Buffer.from('x')]);
    await chmod(path, 0o644);
    await appendFile(path, added);
    return { what: `${name} grew by ${added.length}`, folder: sequence.folder, files: [name] };
  },
};

/** Where a file is cut: beside the edges of a piece of this kind, or within it. */
export const cuts = [
  'before its first byte',
  'behind its first byte',
  'within it',
  'before its last byte',
  'behind its last byte',
] as const;

export function cutting(kind: PieceKind, where: (typeof cuts)[number]): Damaging {
  return async ({ disk, mirror, sequence, dice }) => {
    // Not every sequence has files of working-dir; the one that was drawn is asked first.
    const places = [sequence, ...mirror.sequences].flatMap((each) =>
      each.archives.flatMap((archive) =>
        archive.pieces
          .filter((piece) => piece.kind === kind && piece.to < archive.bytes + (kind === 'trailer' ? 1 : 0))
          .map((piece) => ({ each, archive, piece })),
      ),
    );
    const { each, archive, piece } = dice.pick(places);
    const { from, to } = piece;
    const at = {
      'before its first byte': from,
      'behind its first byte': from + 1,
      'within it': from + dice.number(to - from),
      'before its last byte': to - 1,
      'behind its last byte': Math.min(to, archive.bytes - 1),
    }[where];
    const path = join(disk, each.folder, archive.name);
    await chmod(path, 0o644);
    await truncate(path, at);
    return { what: `${archive.name} is cut at ${at} of ${archive.bytes}`, folder: each.folder, files: [archive.name] };
  };
}
