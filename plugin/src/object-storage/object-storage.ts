/**
 * One place in S3-compatible storage, `s3://bucket/prefix`: its objects, by their path below the prefix. Objects are
 * sent in parts: what has arrived of a stopped upload is not sent again.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../archive/positional-io';
import { discard } from '../registry/http';
import { networkFailureOf } from '../registry/network-failure';
import { mapConcurrently } from '../system/concurrency';
import { isSeqmirrorError } from '../system/errors';
import { asXml, elementsIn, textIn } from './answers';
import { storageRefused, storageUnreachable } from './errors';
import type { StorageOptions, StorageRequests } from './storage-requests';
import { openStorageRequests, textOf } from './storage-requests';

export interface StoredObject {
  readonly bytes: number;
  /** What its uploader said about the content. Only reading every byte proves it. */
  readonly statedSha256: string | undefined;
}

/** A file to upload; it must not change meanwhile. */
export interface ObjectSource {
  readonly file: FileHandle;
  readonly bytes: number;
  /** 64 hexadecimal digits. Stored beside the object, and not checked here. */
  readonly sha256: string;
  /** Called with the bytes that have arrived since the last call. */
  readonly progress: (bytes: number) => void;
}

export interface ObjectStorage {
  /** `undefined` if there is no such object. */
  look(path: string): Promise<StoredObject | undefined>;
  /** Its bytes, from the first to the last. If the network cuts the answer off, the rest is requested again. */
  read(path: string): AsyncGenerator<Buffer, void, undefined>;
  /**
   * Sends all parts that have not arrived yet. The object exists only once `finish` is called.
   *
   * @returns `finish` makes the object of the parts; `drop` deletes them
   */
  send(path: string, source: ObjectSource): Promise<{ finish: () => Promise<void>; drop: () => Promise<void> }>;
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

interface Part {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly bytes: number;
}

const partsAtATime = 4;
const pieceBytes = 256 * 1024;
// S3 takes parts from 5 MiB, and at most 10,000 of them.
const usualPartBytes = 16 * 1024 ** 2;
const mostParts = 9_000;

/**
 * Asks the storage first whether the place can be used.
 *
 * @param options `partBytes`: how large parts are at least; for specs
 * @throws SEQ0530 if it cannot be reached, SEQ0531 if it refuses, SEQ0532 without credentials, SEQ0533 if it is not
 *   known where the bucket is
 */
export async function openObjectStorage(
  options: StorageOptions & { readonly partBytes?: number | undefined },
): Promise<ObjectStorage> {
  const { address, signal, partBytes = usualPartBytes } = options;
  const requests = await openStorageRequests(options);
  const keyOf = (path: string): string => (address.prefix === '' ? path : `${address.prefix}/${path}`);
  const close = (): Promise<void> => requests.close();
  try {
    await requests.send({
      method: 'GET',
      query: { 'list-type': '2', 'max-keys': '1', prefix: keyOf('') },
      accepts: [200],
      read: textOf,
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    look: (path) =>
      requests.send({
        method: 'HEAD',
        key: keyOf(path),
        accepts: [200, 404],
        read: (response) => {
          discard(response);
          if (response.status === 404) return undefined;
          const stated = response.header('x-amz-meta-sha256');
          return {
            bytes: Number(response.header('content-length') ?? Number.NaN),
            statedSha256: stated !== undefined && /^[0-9a-f]{64}$/.test(stated) ? stated : undefined,
          };
        },
      }),
    read: (path) => readObject(requests, { ...options, key: keyOf(path) }),
    send: async (path, source) => {
      const key = keyOf(path);
      const upload = (await unfinishedUpload(requests, key)) ?? (await beginUpload(requests, key, source.sha256));
      const there = await partsThere(requests, key, upload);
      const parts = partsOf(source.bytes, partBytes);
      const sent = await mapConcurrently(parts, { limit: partsAtATime, signal }, async (part) => {
        const { file } = source;
        const md5 = await md5Of(file, part);
        const known = there.get(part.number);
        // Servers have been seen that keep a part whose sender was cut off, with its announced size.
        const isThere = md5 !== undefined && known?.replaceAll('"', '') === md5.toString('hex');
        const etag = isThere ? known : await sendPart(requests, { key, upload, part, file, md5 });
        source.progress(part.bytes);
        return { number: part.number, etag };
      });
      return {
        finish: () => finishUpload(requests, { key, upload, parts: sent }),
        drop: () => dropUpload(requests, { key, upload }),
      };
    },
    remove: (path) =>
      requests.send({
        method: 'DELETE',
        key: keyOf(path),
        accepts: [200, 204, 404],
        read: (answer) => discard(answer),
      }),
    close,
  };
}

async function* readObject(
  requests: StorageRequests,
  { key, address, retries, signal }: StorageOptions & { readonly key: string },
): AsyncGenerator<Buffer, void, undefined> {
  let at = 0;
  let failures = 0;
  for (;;) {
    const response = await requests.send({
      method: 'GET',
      key,
      headers: at === 0 ? {} : { range: `bytes=${at}-` },
      accepts: [at === 0 ? 200 : 206],
      read: (answer) => answer,
    });
    try {
      for await (const piece of response.body as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        at += piece.length;
        failures = 0;
        yield piece;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      const network = isSeqmirrorError(error) ? undefined : networkFailureOf(error);
      if (network === undefined) throw error;
      failures += 1;
      const subject = `s3://${address.bucket}/${key}`;
      if (failures > retries)
        throw storageUnreachable({ host: response.url.host, subject, words: network.words, cause: error });
    } finally {
      response.body.on('error', () => undefined).destroy();
    }
  }
}

/** Always the same parts for a size, so that a later run continues. */
function partsOf(bytes: number, atLeast: number): Part[] {
  const each = Math.max(atLeast, Math.ceil(bytes / mostParts / 1024 ** 2) * 1024 ** 2);
  const count = Math.max(1, Math.ceil(bytes / each));
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    offset: index * each,
    bytes: Math.min(each, bytes - index * each),
  }));
}

/** The newest upload of this object that was begun and not ended. Storage that lists none begins again. */
function unfinishedUpload(requests: StorageRequests, key: string): Promise<string | undefined> {
  return requests.send({
    method: 'GET',
    query: { uploads: '', prefix: key },
    accepts: [200, 400, 403, 404, 405, 501],
    read: async (response) => {
      if (response.status !== 200) return void discard(response);
      const uploads = elementsIn(await textOf(response), 'Upload').filter((upload) => textIn(upload, 'Key') === key);
      return uploads.flatMap((upload) => textIn(upload, 'UploadId') ?? []).at(-1);
    },
  });
}

function beginUpload(requests: StorageRequests, key: string, sha256: string): Promise<string> {
  return requests.send({
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: { 'x-amz-meta-sha256': sha256, 'content-type': 'application/x-tar' },
    accepts: [200],
    read: async (response) => {
      const upload = textIn(await textOf(response), 'UploadId');
      if (upload === undefined)
        throw storageRefused({ ...factsOf(response.url), code: undefined, said: 'no UploadId' });
      return upload;
    },
  });
}

/** The ETag of each part that has arrived: its MD5, unless the storage encrypts. */
async function partsThere(requests: StorageRequests, key: string, upload: string): Promise<Map<number, string>> {
  const parts = new Map<number, string>();
  for (let after = '0'; ;) {
    const text = await requests.send({
      method: 'GET',
      key,
      query: { uploadId: upload, 'part-number-marker': after },
      accepts: [200],
      read: textOf,
    });
    for (const part of elementsIn(text, 'Part')) {
      const [number, etag] = [textIn(part, 'PartNumber'), textIn(part, 'ETag')];
      if (etag !== undefined) parts.set(Number(number), etag);
    }
    const next = textIn(text, 'NextPartNumberMarker');
    if (textIn(text, 'IsTruncated') !== 'true' || next === undefined || Number(next) <= Number(after)) return parts;
    after = next;
  }
}

/** Reads a part of a file. A piece is valid until the next one is asked for. */
async function* piecesOf(file: FileHandle, { offset, bytes }: Part): AsyncGenerator<Buffer, void, undefined> {
  const memory = Buffer.allocUnsafe(pieceBytes);
  for (let at = 0; at < bytes;) {
    const piece = memory.subarray(0, Math.min(pieceBytes, bytes - at));
    const read = await readFully(file, piece, offset + at);
    if (read < piece.length) throw new Error('an archive became shorter while it was copied');
    at += read;
    yield piece;
  }
}

/** The checksum that every S3 server compares a part with. `undefined` on a machine that must not use MD5 (FIPS). */
async function md5Of(file: FileHandle, part: Part): Promise<Buffer | undefined> {
  let hash: Hash;
  try {
    hash = createHash('md5');
  } catch {
    return undefined;
  }
  for await (const piece of piecesOf(file, part)) hash.update(piece);
  return hash.digest();
}

interface PartToSend {
  readonly key: string;
  readonly upload: string;
  readonly part: Part;
  readonly file: FileHandle;
  readonly md5: Buffer | undefined;
}

/** @returns its ETag */
function sendPart(requests: StorageRequests, { key, upload, part, file, md5 }: PartToSend): Promise<string> {
  return requests.send({
    method: 'PUT',
    key,
    query: { uploadId: upload, partNumber: String(part.number) },
    headers: md5 === undefined ? {} : { 'content-md5': md5.toString('base64') },
    body: { bytes: part.bytes, open: () => piecesOf(file, part) },
    accepts: [200],
    read: (response) => {
      discard(response);
      const etag = response.header('etag');
      if (etag === undefined) throw storageRefused({ ...factsOf(response.url), code: undefined, said: 'no ETag' });
      return etag;
    },
  });
}

interface FinishedUpload {
  readonly key: string;
  readonly upload: string;
  readonly parts: readonly { readonly number: number; readonly etag: string }[];
}

async function finishUpload(requests: StorageRequests, { key, upload, parts }: FinishedUpload): Promise<void> {
  const list = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${asXml(etag)}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
  await requests.send({
    method: 'POST',
    key,
    query: { uploadId: upload },
    headers: { 'content-type': 'application/xml' },
    body: { bytes: body.length, open: () => body },
    // 404: an earlier request ended the upload, and its answer was lost. Who reads the object back will know.
    accepts: [200, 404],
    read: async (response) => {
      const text = await textOf(response);
      // S3 begins its answer with 200 before it knows the end.
      if (response.status === 200 && text.includes('<Error>'))
        throw storageRefused({
          ...factsOf(response.url),
          code: textIn(text, 'Code'),
          said: textIn(text, 'Message'),
        });
    },
  });
}

function dropUpload(requests: StorageRequests, { key, upload }: Omit<FinishedUpload, 'parts'>): Promise<void> {
  return requests.send({
    method: 'DELETE',
    key,
    query: { uploadId: upload },
    accepts: [200, 204, 404],
    read: (response) => discard(response),
  });
}

function factsOf({ host, pathname }: URL): { host: string; subject: string; status: number } {
  return { host, subject: `s3:/${pathname}`, status: 200 };
}
