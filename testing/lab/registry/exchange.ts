/** One request and its answer, with the fault that was ordered for it. All bodies of the lab are sent here. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Blob } from './content';
import type { FaultAction } from './faults';
import type { JournalEntry } from './journal';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: JournalEntry;
  readonly url: URL;
  fault?: FaultAction | undefined;
}

type Headers = Readonly<Record<string, string | number>>;

export function sendEmpty({ response, entry }: Exchange, status: number, headers: Headers = {}): void {
  entry.status = status;
  response.writeHead(status, { ...headers, 'content-length': 0 }).end();
}

export async function sendBody(exchange: Exchange, status: number, headers: Headers, body: Buffer): Promise<void> {
  const pieces = async function* (): AsyncIterable<Buffer> {
    yield body;
  };
  await sendPieces(exchange, status, { ...headers, 'content-length': body.length }, pieces());
}

/** OCI distribution 1.1, Error Codes. */
export async function sendError(
  exchange: Exchange,
  status: number,
  { code, message, headers = {} }: { code: string; message: string; headers?: Headers },
): Promise<void> {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message, detail: null }] }));
  await sendBody(exchange, status, { ...headers, 'content-type': 'application/json' }, body);
}

/** The blob, or the range of it that was asked for: one range as RFC 9110 has it, 416 when nothing of it exists. */
export async function sendBlob(exchange: Exchange, blob: Blob): Promise<void> {
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': blob.digest,
    etag: `"${blob.digest}"`,
    'accept-ranges': 'bytes',
  };
  const ignoreRange = exchange.fault !== undefined && 'ignoreRange' in exchange.fault;
  const range = ignoreRange ? undefined : exchange.request.headers.range;
  const asked = range === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!asked || (asked[1] === '' && asked[2] === '')) {
    return sendPieces(exchange, 200, { ...headers, 'content-length': blob.bytes }, blob.read(0, blob.bytes));
  }
  const start = asked[1] === '' ? Math.max(0, blob.bytes - Number(asked[2])) : Number(asked[1]);
  const last = asked[1] === '' || asked[2] === '' ? blob.bytes - 1 : Math.min(Number(asked[2]), blob.bytes - 1);
  if (start > last) return sendEmpty(exchange, 416, { 'content-range': `bytes */${blob.bytes}` });
  const length = { 'content-length': last - start + 1, 'content-range': `bytes ${start}-${last}/${blob.bytes}` };
  return sendPieces(exchange, 206, { ...headers, ...length }, blob.read(start, last + 1));
}

async function sendPieces(
  exchange: Exchange,
  status: number,
  headers: Headers,
  pieces: AsyncIterable<Buffer>,
): Promise<void> {
  const { request, response, entry, fault } = exchange;
  entry.status = status;
  response.writeHead(status, headers);
  if (request.method === 'HEAD') return void response.end();
  for await (const piece of withFault(pieces, fault)) {
    if (response.destroyed) return;
    entry.bytesSent += piece.length;
    if (!response.write(piece)) await drained(exchange);
  }
  if (fault !== undefined && 'stallAfter' in fault) return void (await once(response, 'close'));
  if (fault !== undefined && 'cutAfter' in fault) return void response.socket?.end();
  if (fault !== undefined && 'resetAfter' in fault) return reset(exchange);
  response.end();
}

function drained({ response }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}

/** Ends the connection as a crashed peer does. Node resets TCP sockets only; beneath TLS it is closed without a farewell. */
export function reset({ response }: Exchange): void {
  const { socket } = response;
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

async function* withFault(pieces: AsyncIterable<Buffer>, fault: FaultAction | undefined): AsyncIterable<Buffer> {
  if (fault === undefined) yield* pieces;
  else if ('bytesPerSecond' in fault) yield* paced(pieces, fault.bytesPerSecond);
  else if ('cutAfter' in fault) yield* firstOf(pieces, fault.cutAfter);
  else if ('resetAfter' in fault) yield* firstOf(pieces, fault.resetAfter);
  else if ('stallAfter' in fault) yield* firstOf(pieces, fault.stallAfter);
  else if ('wrongByteAt' in fault) yield* withWrongByte(pieces, fault.wrongByteAt);
  else yield* pieces;
}

const ticksASecond = 20;

async function* paced(pieces: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncIterable<Buffer> {
  const step = Math.max(1, Math.floor(bytesPerSecond / ticksASecond));
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += step) {
      yield piece.subarray(at, at + step);
      await setTimeout(1000 / ticksASecond);
    }
  }
}

async function* firstOf(pieces: AsyncIterable<Buffer>, bytes: number): AsyncIterable<Buffer> {
  let left = bytes;
  if (left === 0) return;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= Math.min(left, piece.length);
    if (left === 0) return;
  }
}

async function* withWrongByte(pieces: AsyncIterable<Buffer>, offset: number): AsyncIterable<Buffer> {
  let at = 0;
  for await (const piece of pieces) {
    const inside = offset - at;
    at += piece.length;
    if (inside < 0 || inside >= piece.length) {
      yield piece;
      continue;
    }
    const wrong = Buffer.from(piece);
    wrong[inside] = (wrong[inside] ?? 0) ^ 0xff;
    yield wrong;
  }
}
