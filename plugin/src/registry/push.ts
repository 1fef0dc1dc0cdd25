/** A client for bringing content to one registry: looks what is there, mounts, uploads, and puts manifests. */
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestFromHex, isDigest } from '../oci/digest';
import type { Manifest } from '../oci/manifest';
import { manifestByteLimit, parseManifest } from '../oci/manifest';
import { acceptedMediaTypes } from '../oci/media-types';
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { readLimited } from './body';
import type { RegistryConnectionOptions } from './connection';
import { connectToRegistries } from './connection';
import type { RegistryDestination } from './destination';
import { pathAt } from './destination';
import { wrongDigest } from './errors';
import type { HttpResponse } from './http';
import { discard } from './http';
import { deletionDisabled, entryUnreadable } from './push-errors';
import { originThatProves } from './push-proof';
import type { PushedBlob } from './push-source';
import { uploadBlob } from './push-upload';
import { readRefusal } from './refusal';
import type { RegistriesConf } from './registries-conf';
import { loadRegistriesConf } from './registries-conf';
import type { PullSource } from './request-facts';
import type { RegistrySettings } from './settings';
import { listTags } from './tags';

interface Call {
  readonly signal: AbortSignal;
}

/** Names of repositories do not include the destination's namespace. */
export interface PushClient {
  /**
   * The digest that a tag or digest stands for, from the registry's own answer. `undefined` if it isn't there.
   *
   * @throws SEQ0525 when the registry keeps answering HTTP 500
   */
  manifestAt(repository: string, reference: string, call: Call): Promise<Digest | undefined>;
  /** Whether the registry says that the repository must be created before anything is pushed to it, as ECR does. */
  lacksRepository(repository: string, reference: string, call: Call): Promise<boolean>;
  /** A manifest in the registry, checked against its digest. */
  manifest(repository: string, digest: Digest, call: Call): Promise<Manifest | undefined>;
  /** `false` also for a blob that the registry cannot read: pushing it again repairs that. */
  hasBlob(repository: string, digest: Digest, call: Call): Promise<boolean>;
  /**
   * Brings a blob that isn't there; a damaged one never lands. It is hashed as it is read, unless it is large and the
   * registry proves digests, which it is asked once; `hashHere` has it hashed in any case.
   */
  uploadBlob(
    repository: string,
    blob: PushedBlob,
    call: Call & {
      readonly mountFrom?: string | undefined;
      readonly onBytes?: ((bytes: number) => void) | undefined;
      readonly hashHere?: boolean | undefined;
    },
  ): Promise<'uploaded' | 'mounted'>;
  /** Puts a manifest under a tag or its own digest. Everything that it names must be there. */
  putManifest(
    repository: string,
    reference: string,
    manifest: { readonly mediaType: string; readonly content: Buffer },
    call: Call,
  ): Promise<void>;
  /** The tags of a repository; none if it does not exist. */
  tags(repository: string, call: Call): Promise<string[]>;
  /**
   * Deletes a manifest by its digest, and with it every tag that points to it. `false`: it was not there.
   *
   * @throws SEQ0534 when the registry does not allow it
   */
  deleteManifest(repository: string, digest: Digest, call: Call): Promise<boolean>;
  /** Whether all traffic so far went over TLS with verified certificates. */
  tlsVerified(): boolean;
  close(): Promise<void>;
}

export interface PushClientOptions extends RegistryConnectionOptions {
  readonly destination: RegistryDestination;
}

// Registries hash and move what they receive before they answer; for large layers on object storage that takes minutes.
const answerMs = 10 * 60_000;

// Hashing less costs less than asking.
const leastUnhashed = 1024 * 1024;

/**
 * Makes a client for one destination. Mirrors of registries.conf are not used: content is pushed exactly where it is
 * sent.
 */
export function createPushClient(options: PushClientOptions): PushClient {
  const { destination, settings, env, retries, signal: ended } = options;
  const { http, transport } = connectToRegistries({ ...options, timeouts: { answerMs, ...options.timeouts } });
  let insecure: Promise<boolean> | undefined;
  let proving: Promise<string | undefined> | undefined;

  const sourceOf = async (repository: string): Promise<PullSource> => {
    insecure ??= loadRegistriesConf({ file: settings.registriesConf, env }).then((conf) =>
      isInsecureDestination(destination, { settings, conf }),
    );
    return {
      host: destination.host,
      repository: pathAt(destination, repository),
      insecure: await insecure,
    };
  };
  const either = (signal: AbortSignal): AbortSignal => AbortSignal.any([ended, signal]);
  const actions = 'pull,push';

  const ask = async <T>(
    repository: string,
    request: { method: 'GET' | 'HEAD'; path: string; subject: string; asks: 'manifest' | 'blob' },
    { signal }: Call,
    read: (response: HttpResponse) => Promise<T> | T,
  ): Promise<T | undefined> =>
    transport.send<T | undefined>(
      [await sourceOf(repository)],
      {
        ...request,
        actions,
        ...(request.asks === 'manifest' ? { headers: { accept: acceptedMediaTypes } } : {}),
        accepts: [200, 404],
        acceptsAtLast: [500],
        read: (response, source) => {
          if (response.status === 200) return read(response);
          discard(response);
          if (response.status === 500) throw entryUnreadable({ source, ...request });
          return undefined;
        },
      },
      either(signal),
    );

  const nameOf = (repository: string): string => `${destination.host}/${pathAt(destination, repository)}`;

  return {
    manifestAt: async (repository, reference, call) => {
      const subject = `${nameOf(repository)}${reference.includes(':') ? '@' : ':'}${reference}`;
      const request = { path: `manifests/${reference}`, subject, asks: 'manifest' } as const;
      const stated = await ask(repository, { ...request, method: 'HEAD' }, call, (response) => {
        discard(response);
        return response.header('docker-content-digest') ?? '';
      });
      if (stated === undefined || isDigest(stated)) return stated;
      return ask(repository, { ...request, method: 'GET' }, call, async (response) =>
        digestFromHex(
          createHash('sha256')
            .update(await readLimited(response, manifestByteLimit))
            .digest('hex'),
        ),
      );
    },
    lacksRepository: async (repository, reference, { signal }) =>
      transport.send(
        [await sourceOf(repository)],
        {
          method: 'GET',
          path: `manifests/${reference}`,
          headers: { accept: acceptedMediaTypes },
          actions,
          subject: `${nameOf(repository)}:${reference}`,
          asks: 'manifest',
          // For other answers, the push itself will tell.
          accepts: [200, 400, 401, 403, 404, 500, 502, 503, 504],
          read: async (response) => {
            if (response.status !== 200) return (await readRefusal(response)).reason === 'no repository';
            discard(response);
            return false;
          },
        },
        either(signal),
      ),
    manifest: async (repository, digest, call) => {
      const subject = `${nameOf(repository)}@${digest}`;
      const request = { method: 'GET', path: `manifests/${digest}`, subject, asks: 'manifest' } as const;
      const manifest = await ask(repository, request, call, async (response) =>
        parseManifest(await readLimited(response, manifestByteLimit), undefined),
      );
      if (manifest === undefined || manifest.digest === digest) return manifest;
      const facts = { subject, host: destination.host, expected: digest, actual: manifest.digest };
      throw wrongDigest({ ...facts, itsDigest: 'its digest' });
    },
    hasBlob: async (repository, digest, call) => {
      const subject = `${nameOf(repository)} blob ${digest}`;
      const request = { method: 'HEAD', path: `blobs/${digest}`, subject, asks: 'blob' } as const;
      return (await ifReadable(ask(repository, request, call, (response) => (discard(response), true)))) === true;
    },
    uploadBlob: async (repository, blob, { signal, mountFrom, onBytes = () => undefined, hashHere = false }) => {
      const source = await sourceOf(repository);
      const provenAt = () => (proving ??= originThatProves(transport, { source, signal: ended }));
      return uploadBlob(transport, {
        source,
        proof: hashHere || blob.bytes < leastUnhashed ? 'here' : { provenAt },
        subject: `blob ${blob.digest} of ${nameOf(repository)}`,
        blob,
        mountFrom: mountFrom === undefined ? undefined : pathAt(destination, mountFrom),
        retries,
        signal: either(signal),
        onBytes,
      });
    },
    putManifest: async (repository, reference, { mediaType, content }, { signal }) =>
      transport.send(
        [await sourceOf(repository)],
        {
          method: 'PUT',
          path: `manifests/${reference}`,
          headers: { 'content-type': mediaType, 'content-length': String(content.length) },
          body: () => content,
          actions,
          subject: `the manifest ${nameOf(repository)}${reference.includes(':') ? '@' : ':'}${reference}`,
          asks: 'push',
          accepts: [200, 201, 202, 204],
          read: discard,
        },
        either(signal),
      ),
    tags: async (repository, { signal }) => {
      const sources = [await sourceOf(repository)];
      const reference = { host: destination.host, repository: pathAt(destination, repository) };
      const tags: string[] = [];
      try {
        for await (const tag of listTags(transport, { sources, reference, signal: either(signal) })) tags.push(tag);
      } catch (error) {
        if (isSeqmirrorError(error) && error.code === 'SEQ0506') return [];
        throw error;
      }
      return tags;
    },
    deleteManifest: async (repository, digest, { signal }) =>
      transport.send(
        [await sourceOf(repository)],
        {
          method: 'DELETE',
          path: `manifests/${digest}`,
          actions: 'pull,push,delete',
          subject: `the deletion of ${nameOf(repository)}@${digest}`,
          asks: 'push',
          accepts: [200, 202, 204, 404, 405],
          read: (response) => {
            discard(response);
            if (response.status === 405) throw deletionDisabled({ host: destination.host });
            return response.status !== 404;
          },
        },
        either(signal),
      ),
    tlsVerified: () => http.tlsVerified(),
    close: () => http.close(),
  };
}

/**
 * The result of a request, or `otherwise` if the registry keeps failing to read it: by default as if it were not there,
 * since pushing it again repairs most of it.
 */
export async function ifReadable<T, O = undefined>(
  asked: Promise<T>,
  otherwise: (failure: SeqmirrorError) => Promise<O> | O = () => undefined as O,
): Promise<T | O> {
  try {
    return await asked;
  } catch (error) {
    if (isSeqmirrorError(error) && error.code === 'SEQ0525') return otherwise(error);
    throw error;
  }
}

/** Whether settings or registries.conf accept plain HTTP and unverified TLS from this registry. */
export function isInsecureDestination(
  { host }: RegistryDestination,
  { settings, conf }: { settings: RegistrySettings; conf: RegistriesConf },
): boolean {
  if (settings.hosts?.[host]?.insecure === true) return true;
  return conf.registries.some(({ prefix, location, insecure }) => (location ?? prefix) === host && insecure);
}
