/**
 * The entries of a layer while its bytes arrive, without writing anything: names, kinds, and bodies on demand. What Go,
 * podman and others could read differently is refused (ustar-header.ts has the rules).
 */
import type { PaxRecords } from '../pax-records';
import { decodePax } from '../pax-records';
import { paddedBytes } from '../tar-header';
import type { DecodedHeader } from '../ustar-header';
import { blockBytes, decodeHeader, largestOctalBytes } from '../ustar-header';
import { isUtf8 } from 'node:buffer';

export interface LayerEntry {
  /** Without `./`, and without leading, trailing or double slashes; empty for the root itself. `undefined`: not UTF-8. */
  readonly path: string | undefined;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  /** The content, in pieces. It is skipped if it is not read before the next entry. */
  readonly pieces: () => AsyncGenerator<Buffer, void, undefined>;
}

/** A layer is not a tar archive, or programs read it differently. */
export class LayerBroken extends Error {}

// Labels of files can be long; Go's limit.
const longestExtension = 1024 * 1024;
const mostEntries = 2_000_000;

/** @throws LayerBroken */
export async function* layerEntries(archive: AsyncIterable<Buffer>): AsyncGenerator<LayerEntry, void, undefined> {
  const input = createInput(archive);
  try {
    for (let count = 0; ; count += 1) {
      if (count > mostEntries) throw new LayerBroken(`it has more than ${mostEntries} entries`);
      const found = await nextHeader(input);
      if (found === undefined) break;
      const { header, pax, longName } = found;
      const bytes = pax?.bytes ?? header.bytes;
      const name = longName ?? pax?.path ?? header.name;
      const kind = kindOf(header, name);
      if (kind !== 'file' && bytes !== 0) throw new LayerBroken('an entry that is not a file has content');
      const body = bodyOf(input, bytes);
      yield { path: name === undefined ? undefined : cleanPath(name), kind, bytes, pieces: body.pieces };
      await input.skip(body.left() + paddedBytes(bytes) - bytes);
    }
    // Reads to the end of the layer: only there its digest is proven.
    await input.drain();
  } finally {
    await input.close();
  }
}

function kindOf({ type }: DecodedHeader, name: string | undefined): LayerEntry['kind'] {
  // Before folders had a type of their own, type 0 with a slash after the name was a folder; `7` is contiguous on its
  // disk.
  if (type === '0' || type === '\0' || type === '7') return name?.endsWith('/') === true ? 'folder' : 'file';
  if (type === '5') return 'folder';
  return type === '1' || type === '2' ? 'link' : 'other';
}

function bodyOf(input: Input, bytes: number) {
  let left = bytes;
  return {
    left: () => left,
    pieces: async function* (): AsyncGenerator<Buffer, void, undefined> {
      while (left > 0) {
        const piece = await input.some(left);
        left -= piece.length;
        yield piece;
      }
    },
  };
}

interface FoundHeader {
  readonly header: DecodedHeader;
  readonly pax?: PaxRecords | undefined;
  readonly longName?: string | undefined;
}

/** The next entry's own header, with what extension headers before it say; `undefined` at the end. */
async function nextHeader(input: Input): Promise<FoundHeader | undefined> {
  let pax: PaxRecords | undefined;
  let longName: string | undefined;
  const seen = new Set<string>();
  for (;;) {
    const block = await input.block();
    // Some writers leave the end mark out, which harms nothing; within an entry it is a cut.
    if (block === undefined || isZero(block)) {
      if (seen.size > 0) throw new LayerBroken('no entry follows an extension header');
      const second = block === undefined ? undefined : await input.block();
      if (second !== undefined && !isZero(second))
        throw new LayerBroken('the tar end mark is incomplete, and other data follows it');
      return undefined;
    }
    const header = decodeHeader(block, { inLayer: true });
    if (typeof header === 'string') throw new LayerBroken(header);
    const { type } = header;
    if (!['x', 'g', 'L', 'K'].includes(type)) return { header: checked(header, pax), pax, longName };
    if (header.bytes > longestExtension)
      throw new LayerBroken(`an extension header is too large (${header.bytes} bytes)`);
    if (seen.has(type)) throw new LayerBroken('an entry has two extension headers of the same kind');
    const content = await input.exactly(header.bytes);
    await input.skip(paddedBytes(header.bytes) - header.bytes);
    if (type === 'g') {
      const said = decodePax(content, { isGlobal: true });
      if (typeof said === 'string') throw new LayerBroken(said);
      continue;
    }
    seen.add(type);
    if (type === 'x') {
      const said = decodePax(content, { inLayer: true });
      if (typeof said === 'string') throw new LayerBroken(said);
      pax = said;
    } else if (type === 'L') longName = gnuName(content);
    if (seen.has('x') && seen.size > 1)
      throw new LayerBroken('an entry has extension headers of two formats, PAX and GNU');
  }
}

/** What programs would read differently. */
function checked(header: DecodedHeader, pax: PaxRecords | undefined): DecodedHeader {
  // Go and GNU tar write 0 if the size does not fit in the header.
  const isTwofold =
    pax?.bytes !== undefined && pax.bytes !== header.bytes && !(header.bytes === 0 && pax.bytes > largestOctalBytes);
  if (isTwofold)
    throw new LayerBroken(
      `the two headers of an entry give different sizes: ${header.bytes} and, in the PAX header, ${pax.bytes} bytes`,
    );
  return header;
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function gnuName(content: Buffer): string {
  const end = content.indexOf(0);
  if (end !== content.length - 1 || !isUtf8(content))
    throw new LayerBroken('a long file name contains a zero byte or is not UTF-8');
  return content.toString('utf8', 0, end);
}

function cleanPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new LayerBroken('a file name leads out of its folder with ".."');
  return parts.join('/');
}

type Input = ReturnType<typeof createInput>;

function createInput(archive: AsyncIterable<Buffer>) {
  const pieces = archive[Symbol.asyncIterator]();
  let piece: Buffer = Buffer.alloc(0);
  /** The next bytes, at most so many; `undefined` at the end. */
  const take = async (most: number): Promise<Buffer | undefined> => {
    while (piece.length === 0) {
      const next = await pieces.next();
      if (next.done === true) return undefined;
      piece = next.value;
    }
    const taken = piece.subarray(0, most);
    piece = piece.subarray(taken.length);
    return taken;
  };
  const some = async (most: number): Promise<Buffer> => {
    const taken = await take(most);
    if (taken === undefined) throw new LayerBroken('it ends in the middle of an entry');
    return taken;
  };
  const exactly = async (bytes: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for (let left = bytes; left > 0;) {
      const part = await some(left);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes);
  };
  return {
    some,
    exactly,
    block: async (): Promise<Buffer | undefined> => {
      const start = await take(blockBytes);
      if (start === undefined || start.length === blockBytes) return start;
      return Buffer.concat([start, await exactly(blockBytes - start.length)]);
    },
    skip: async (bytes: number): Promise<void> => {
      for (let left = bytes; left > 0;) left -= (await some(left)).length;
    },
    drain: async (): Promise<void> => {
      piece = Buffer.alloc(0);
      while ((await pieces.next()).done !== true);
    },
    close: async (): Promise<void> => void (await pieces.return?.()),
  };
}
