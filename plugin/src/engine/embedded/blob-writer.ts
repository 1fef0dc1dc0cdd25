import type { OpenVolume } from '../../archive/write';
import type { Digest } from '../../oci/digest';

/** Gathers what arrives of a blob in small pieces, and writes it in large ones while the next arrives. */
export interface BlobWriter {
  write(piece: Buffer): Promise<void>;
  /** Writes what is left, and returns when everything has been written. */
  end(): Promise<void>;
}

interface BlobWriterOptions {
  readonly volume: OpenVolume;
  readonly digest: Digest;
  /** Bytes of the blob that are in place already. */
  readonly from: number;
  /** Told after each write, with its bytes and how many of the blob are in place then. */
  readonly onWritten: (bytes: number, inPlace: number) => void;
}

// With one write under way, a blob takes at most twice this much memory.
const gatheredBytes = 512 * 1024;

export function createBlobWriter({ volume, digest, from, onWritten }: BlobWriterOptions): BlobWriter {
  let position = from;
  let pieces: Buffer[] = [];
  let bytes = 0;
  let underWay = Promise.resolve();

  const flush = async (): Promise<void> => {
    await underWay;
    if (bytes === 0) return;
    const [written, inPlace] = [bytes, position + bytes];
    underWay = volume.writeBlob(digest, position, pieces).then(() => onWritten(written, inPlace));
    // Looked at by the next call; until then a failure must not count as unhandled.
    underWay.catch(() => undefined);
    position = inPlace;
    pieces = [];
    bytes = 0;
  };

  return {
    write: async (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= gatheredBytes) await flush();
    },
    end: async () => {
      await flush();
      await underWay;
    },
  };
}
