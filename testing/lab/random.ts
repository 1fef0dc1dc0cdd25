/** Numbers from 0 to 1 from a seed, so that a failed run can be repeated (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Choices from a seed. */
export interface Dice {
  /** A whole number from 0 up to, not including, `below`. */
  number(below: number): number;
  /** True once in `of` times. */
  once(of: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** The parts of a seed may be a run's seed, a name and a number: equal parts, equal choices. */
export function diceFrom(...seed: readonly (string | number)[]): Dice {
  const random = randomFrom(hashOf(seed.join('/')));
  const number = (below: number): number => Math.floor(random() * below);
  const pick = <T>(items: readonly T[]): T => items[number(items.length)] as T;
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items];
    return items.map(() => left.splice(number(left.length), 1)[0] as T);
  };
  return { number, once: (of) => number(of) === 0, pick, shuffled };
}

// FNV-1a, 32 bits.
function hashOf(text: string): number {
  return [...text].reduce(
    (hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193),
    0x811c9dc5,
  );
}
