/**
 * Packs large items so that they take at most so many volumes: each volume in turn gets the largest item left, and
 * others such that, over all volumes, no more than allowed stays free. If that fails, the next choice is tried (bin
 * completion, Martello and Toth 1990). Pure and deterministic.
 */

// The rest is small enough to fill gaps.
const mostItems = 200;
const mostSteps = 200_000;

interface OpenItem {
  readonly item: number;
  readonly bytes: number;
}

/**
 * @param sizes in bytes, the largest first
 * @param options.room the room of one volume, in bytes
 * @returns for each of the first sizes its volume, from 0; `undefined` if no solution was found in so many steps
 */
export function packLargeItems(
  sizes: readonly number[],
  { room, volumes }: { room: number; volumes: number },
): readonly number[] | undefined {
  const isLarge = (bytes: number) => bytes > room / 200;
  const large = sizes.slice(0, mostItems).filter(isLarge);
  const volumeOf: number[] = [];
  let steps = 0;

  /** @param free bytes that may stay free on this volume and those after it, for small items among others */
  const pack = (open: readonly OpenItem[], volume: number, free: number): boolean => {
    const [first, ...others] = open;
    if (first === undefined) return true;
    if (volume === volumes) return false;
    return complete(others, room - first.bytes, free, (chosen) => {
      const taken = new Set(chosen);
      const left = chosen.reduce((rest, { bytes }) => rest - bytes, room - first.bytes);
      const rest = others.filter((each) => !taken.has(each));
      if (!pack(rest, volume + 1, free - left)) return false;
      for (const { item } of [first, ...chosen]) volumeOf[item] = volume;
      return true;
    });
  };

  /** Tries sets of items that leave no more free than allowed, largest items first, until one works. */
  const complete = (
    items: readonly OpenItem[],
    room: number,
    free: number,
    take: (chosen: readonly OpenItem[]) => boolean,
  ): boolean => {
    const after = new Array<number>(items.length + 1).fill(0);
    for (let at = items.length - 1; at >= 0; at -= 1) after[at] = (after[at + 1] ?? 0) + (items[at]?.bytes ?? 0);
    const chosen: OpenItem[] = [];
    const choose = (from: number, left: number): boolean => {
      let isFull = true;
      for (let at = from; at < items.length && left - (after[at] ?? 0) <= free; at += 1) {
        const item = items[at] as OpenItem;
        if (item.bytes > left || (at > from && items[at - 1]?.bytes === item.bytes)) continue;
        if ((steps += 1) > mostSteps) return false;
        isFull = false;
        chosen.push(item);
        if (choose(at + 1, left - item.bytes)) return true;
        chosen.pop();
      }
      // If one more item fits, a set is worse than the same set with that item.
      return isFull && left <= free && take(chosen);
    };
    return choose(0, room);
  };

  const total = large.reduce((sum, bytes) => sum + bytes, 0);
  const open = large.map((bytes, item) => ({ item, bytes }));
  return pack(open, 0, volumes * room - total) ? volumeOf : undefined;
}
