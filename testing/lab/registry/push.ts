/** Writing, as in OCI distribution 1.1, Push: in one piece, in pieces, by mounting. Blobs are kept as files. */
import type { Hash } from 'node:crypto';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob, Content, Repository } from './content';
import { findBlob, findManifest, manifestOf } from './content';
import type { Exchange } from './exchange';
import { sendEmpty, sendError } from './exchange';

export interface Target {
  readonly name: string;
  readonly repository: Repository;
}

interface Upload {
  readonly name: string;
  readonly file: string;
  readonly hash: Hash;
  bytes: number;
}

export interface Uploads {
  /** POST: opens an upload, or mounts, or takes the whole blob at once. */
  begin(exchange: Exchange, target: Target): Promise<void>;
  /** GET, PATCH, PUT and DELETE of an open upload. */
  proceed(exchange: Exchange, target: Target, id: string): Promise<void>;
}

const manifestLimit = 4 * 1024 * 1024;

export function blobUploads(folder: string, content: Content): Uploads {
  const openUploads = new Map<string, Upload>();

  const create = (name: string): [string, Upload] => {
    const id = randomUUID();
    const upload: Upload = { name, file: join(folder, id), hash: createHash('sha256'), bytes: 0 };
    openUploads.set(id, upload);
    return [id, upload];
  };
  const accepted = (exchange: Exchange, status: number, [id, upload]: [string, Upload]): void =>
    // The state must come back as it is, or an upload goes wrong at registries that keep theirs in the URL.
    sendEmpty(exchange, status, {
      location: `/v2/${upload.name}/blobs/uploads/${id}?_state=${upload.bytes}`,
      range: `0-${Math.max(0, upload.bytes - 1)}`,
      'docker-upload-uuid': id,
    });
  const finish = async (exchange: Exchange, target: Target, [id, upload]: [string, Upload]): Promise<void> => {
    await receive(exchange, upload);
    const digest = `sha256:${upload.hash.digest('hex')}`;
    openUploads.delete(id);
    if (digest !== exchange.url.searchParams.get('digest')) {
      await rm(upload.file, { force: true });
      return sendError(exchange, 400, { code: 'DIGEST_INVALID', message: `the content is ${digest}` });
    }
    const file = join(folder, digest.slice('sha256:'.length));
    await rename(upload.file, file);
    target.repository.blobs.set(digest, fileBlob(file, { digest, bytes: upload.bytes }));
    return created(exchange, target, digest);
  };
  const created = (exchange: Exchange, { name }: Target, digest: string): void =>
    sendEmpty(exchange, 201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });

  return {
    begin: async (exchange, target) => {
      await mkdir(folder, { recursive: true });
      const { searchParams } = exchange.url;
      const [mount, from] = [searchParams.get('mount'), searchParams.get('from')];
      const source = from === null ? undefined : content.get(from);
      const mounted = mount !== null && source ? await findBlob(source, mount) : undefined;
      if (mounted) {
        target.repository.blobs.set(mounted.digest, mounted);
        return created(exchange, target, mounted.digest);
      }
      const upload = create(target.name);
      if (searchParams.has('digest')) return finish(exchange, target, upload);
      return accepted(exchange, 202, upload);
    },
    proceed: async (exchange, target, id) => {
      const upload = openUploads.get(id);
      const { method, headers } = exchange.request;
      if (!upload || upload.name !== target.name || !exchange.url.searchParams.has('_state')) {
        return sendError(exchange, 404, { code: 'BLOB_UPLOAD_UNKNOWN', message: 'blob upload unknown to registry' });
      }
      if (method === 'GET') return accepted(exchange, 204, [id, upload]);
      if (method === 'DELETE') {
        openUploads.delete(id);
        await rm(upload.file, { force: true });
        return sendEmpty(exchange, 204);
      }
      const range = headers['content-range'];
      if (range !== undefined && Number(/^(?:bytes )?(\d+)-/.exec(range)?.[1]) !== upload.bytes) {
        return accepted(exchange, 416, [id, upload]);
      }
      if (method === 'PUT') return finish(exchange, target, [id, upload]);
      await receive(exchange, upload);
      return accepted(exchange, 202, [id, upload]);
    },
  };
}

/** Takes a manifest when all that it refers to is here. */
export async function putManifest(exchange: Exchange, { name, repository }: Target, reference: string): Promise<void> {
  const body = await bodyWithin(exchange, manifestLimit);
  if (!body) return sendError(exchange, 413, { code: 'MANIFEST_INVALID', message: `more than ${manifestLimit} bytes` });
  const manifest = manifestOf(exchange.request.headers['content-type'] ?? '', body);
  if (reference.includes(':') && reference !== manifest.digest) {
    return sendError(exchange, 400, { code: 'DIGEST_INVALID', message: `the content is ${manifest.digest}` });
  }
  const references = referencesOf(body);
  if (!references) return sendError(exchange, 400, { code: 'MANIFEST_INVALID', message: 'not a manifest' });
  for (const digest of references.blobs) {
    if (await findBlob(repository, digest)) continue;
    return sendError(exchange, 400, { code: 'MANIFEST_BLOB_UNKNOWN', message: `blob unknown to registry: ${digest}` });
  }
  for (const digest of references.manifests) {
    if (await findManifest(repository, digest)) continue;
    return sendError(exchange, 400, {
      code: 'MANIFEST_BLOB_UNKNOWN',
      message: `manifest unknown to registry: ${digest}`,
    });
  }
  repository.manifests.set(manifest.digest, manifest);
  if (!reference.includes(':')) {
    repository.unbuilt.delete(reference);
    repository.tags.set(reference, manifest.digest);
  }
  const location = `/v2/${name}/manifests/${manifest.digest}`;
  return sendEmpty(exchange, 201, { location, 'docker-content-digest': manifest.digest });
}

function referencesOf(body: Buffer): { blobs: string[]; manifests: string[] } | undefined {
  try {
    const parsed = JSON.parse(body.toString()) as { config?: Link; layers?: Link[]; manifests?: Link[] };
    const blobs = [...(parsed.config ? [parsed.config] : []), ...(parsed.layers ?? [])].filter(
      ({ urls }) => !urls?.length,
    );
    return {
      blobs: blobs.map(({ digest }) => digest),
      manifests: (parsed.manifests ?? []).map(({ digest }) => digest),
    };
  } catch {
    return undefined;
  }
}

interface Link {
  readonly digest: string;
  /** Where a layer is that no registry may pass on. */
  readonly urls?: readonly string[];
}

async function receive({ request, entry }: Exchange, upload: Upload): Promise<void> {
  const file = await open(upload.file, 'a');
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      await file.appendFile(piece);
      upload.hash.update(piece);
      upload.bytes += piece.length;
      entry.bytesReceived += piece.length;
    }
  } finally {
    await file.close();
  }
}

async function bodyWithin({ request, entry }: Exchange, limit: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) {
    entry.bytesReceived += piece.length;
    if (entry.bytesReceived > limit) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function fileBlob(file: string, { digest, bytes }: { digest: string; bytes: number }): Blob {
  const read = (start: number, end: number): AsyncIterable<Buffer> =>
    createReadStream(file, { start, end: Math.max(start, end - 1) });
  return { digest, bytes, read };
}
