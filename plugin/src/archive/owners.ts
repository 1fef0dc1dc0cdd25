/** Owners of an archive's files, by its headers. Nobody needs them on the other side of an air gap. */
import type { PaxRecords } from './pax-records';
import { ownerNumbers } from './ustar-header';

export interface Owners {
  /** Takes a header block with its PAX records. Costs next to nothing if the owner is the same as before. */
  see(block: Buffer, pax?: PaxRecords): void;
  /**
   * `jenkins:docker (1000:1000)`, user and group by names and numbers, each once, in the order of the file; no more than
   * the first twenty. 0 and 0 without names means nobody, and is left out. Foreign text, to be made printable.
   */
  readonly seen: readonly string[];
}

const most = 20;
const nobody = ': (0:0)';
// Offsets of a header's fields: see ustar-header.ts.
const numbers = { from: 108, to: 124 };
const names = { from: 265, to: 329 };

export function collectOwners(): Owners {
  const seen: string[] = [];
  const last = Buffer.alloc(512);
  return {
    seen,
    see: (block, pax) => {
      if (pax?.owner === undefined) {
        if (isSame(block, last, numbers) && isSame(block, last, names)) return;
        block.copy(last);
      }
      if (seen.length >= most) return;
      const owner = ownerText(block, pax);
      if (owner !== nobody && !seen.includes(owner)) seen.push(owner);
    },
  };
}

function isSame(a: Buffer, b: Buffer, { from, to }: { from: number; to: number }): boolean {
  return a.compare(b, from, to, from, to) === 0;
}

function ownerText(block: Buffer, { owner = {} }: PaxRecords = {}): string {
  const numbersHere = ownerNumbers(block);
  const isNamed = block.toString('latin1', 257, 262) === 'ustar';
  const name = (from: number): string => (isNamed ? block.toString('utf8', from, from + 32).replace(/\0[^]*/, '') : '');
  const { uid = numbersHere.uid, gid = numbersHere.gid, uname = name(265), gname = name(297) } = owner;
  return `${uname}:${gname} (${uid}:${gid})`;
}
