/** What a hashing thread runs. Text, so that it runs the same from the package, from source and under test. */

/** A batch for a thread of a pool. */
export interface HashJob {
  readonly path: string;
  /** Offset, bytes, offset, bytes, … */
  readonly ranges: Float64Array;
  /** `each`: a digest for each range; `joined`: one over all of them. */
  readonly mode: 'each' | 'joined';
  /** Shared memory: not 0 when nobody waits for the answer any more. */
  readonly stop: Int32Array;
  /** What to copy into the file first, from the same offset of another file. */
  readonly copy?: CopyJob | undefined;
}

/** Files that the process holds open, by their numbers; where to begin, in bytes from the start, and how many bytes. */
export interface CopyJob {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A piece for a thread that is a lane: it goes on with the text of the piece before. Answered with the digests. */
export interface LaneJob {
  readonly memory: SharedArrayBuffer;
  /** Which of several that the thread hashes at the same time. `undefined`: there is only one. */
  readonly lane?: number | undefined;
  /** From, to, and 1 where a text ends with it, else 0, for each. */
  readonly ranges: readonly number[];
}

/** A job's last message. Before it come numbers: bytes hashed since the last message. */
export type HashAnswer =
  | { readonly kind: 'digests'; /** 32 bytes each. */ readonly digests: Uint8Array }
  /** The file ends at `offset`, within a range. */
  | { readonly kind: 'short'; readonly offset: number }
  | {
      readonly kind: 'failed';
      readonly verb: 'read' | 'written';
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'stopped' };

export const hashProgram = `
  const { parentPort } = require('node:worker_threads');
  const { createHash, hash } = require('node:crypto');
  const { constants, fstatSync, openSync, readSync, writeSync, closeSync } = require('node:fs');

  let piece;
  // Ranges with less between them are read together: less than it costs to ask the system once more.
  const smallGap = 16 * 1024;
  const tellEvery = 32 * 1024 * 1024;

  parentPort.on('message', (job) => {
    if (job.memory !== undefined) return void parentPort.postMessage(digestsOf(job));
    let file;
    try {
      // A pipe would be waited for, and a device has no end.
      file = openSync(job.path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (!fstatSync(file).isFile()) {
        parentPort.postMessage({ kind: 'failed', verb: 'read', code: 'EISDIR', message: 'not a regular file' });
        return;
      }
      const failure = job.copy === undefined ? undefined : copyOver(job.copy, job.stop);
      parentPort.postMessage(failure ?? answerTo(job, file));
    } catch (error) {
      // Anything but the system's refusal is a bug, and ends the thread.
      if (error.syscall === undefined) throw error;
      const verb = error.syscall === 'write' ? 'written' : 'read';
      parentPort.postMessage({ kind: 'failed', verb, code: error.code, message: error.message });
    } finally {
      if (file !== undefined) closeSync(file);
    }
  });

  const texts = new Map();

  function digestsOf({ memory, lane, ranges }) {
    const passed = Buffer.from(memory);
    const digests = [];
    let text = texts.get(lane);
    for (let at = 0; at < ranges.length; at += 3) {
      text ??= createHash('sha256');
      text.update(passed.subarray(ranges[at], ranges[at + 1]));
      if (ranges[at + 2] === 0) continue;
      digests.push(text.digest('hex'));
      text = undefined;
    }
    if (text === undefined) texts.delete(lane);
    else texts.set(lane, text);
    return digests;
  }

  function copyOver({ from, to, offset, bytes }, stop) {
    // Small enough for the processor's own memory.
    const part = pieceOf().subarray(0, 256 * 1024);
    for (let at = offset; at < offset + bytes;) {
      if (stop[0] !== 0) return { kind: 'stopped' };
      const read = readSync(from, part, 0, Math.min(part.length, offset + bytes - at), at);
      if (read === 0) return { kind: 'short', offset: at };
      for (let done = 0; done < read;) done += writeSync(to, part, done, read - done, at + done);
      at += read;
    }
  }

  function pieceOf() {
    return (piece ??= Buffer.allocUnsafeSlow(1024 * 1024));
  }

  function answerTo({ ranges, mode, stop }, file) {
    pieceOf();
    const digests = new Uint8Array(mode === 'each' ? ranges.length * 16 : 32);
    const joined = mode === 'joined' ? createHash('sha256') : undefined;
    let start = 0;
    let end = 0;
    let untold = 0;
    for (let at = 0; at < ranges.length; at += 2) {
      const last = ranges[at] + ranges[at + 1];
      let own;
      let offset = ranges[at];
      for (;;) {
        if (offset < last && (offset < start || offset >= end)) {
          if (stop[0] !== 0) return { kind: 'stopped' };
          start = offset;
          end = start + readSync(file, piece, 0, lengthAt(ranges, at, offset), offset);
          if (end === start) return { kind: 'short', offset };
        }
        const to = Math.min(last, end);
        const part = offset < last ? piece.subarray(offset - start, to - start) : piece.subarray(0, 0);
        untold += part.length;
        if (untold >= tellEvery) {
          parentPort.postMessage(untold);
          untold = 0;
        }
        offset += part.length;
        if (joined !== undefined) joined.update(part);
        else if (own === undefined && offset === last) {
          digests.set(hash('sha256', part, 'buffer'), at * 16);
        } else {
          own ??= createHash('sha256');
          own.update(part);
          if (offset === last) digests.set(own.digest(), at * 16);
        }
        if (offset === last) break;
      }
    }
    if (joined !== undefined) digests.set(joined.digest());
    if (untold > 0) parentPort.postMessage(untold);
    return { kind: 'digests', digests };
  }

  // How much to read from an offset of a range: on over the ranges behind it while they lie close together.
  function lengthAt(ranges, at, offset) {
    let end = ranges[at] + ranges[at + 1];
    for (let next = at + 2; next < ranges.length && end - offset < piece.length; next += 2) {
      if (ranges[next] < end || ranges[next] - end > smallGap) break;
      end = ranges[next] + ranges[next + 1];
    }
    return Math.min(piece.length, end - offset);
  }
`;
