/** A piece of memory that the hashing threads see too. */
export interface Piece {
  readonly memory: SharedArrayBuffer;
  readonly view: Buffer;
  /** Resolves when nobody needs its bytes any more. */
  free: Promise<void>;
}

export const pieceBytes = 1024 * 1024;

export function newPiece(): Piece {
  const memory = new SharedArrayBuffer(pieceBytes);
  return { memory, view: Buffer.from(memory), free: Promise.resolve() };
}
