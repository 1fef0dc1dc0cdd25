/**
 * A client of OCI distribution 1.1 for pulling: resolving, manifests, blobs, tags. The layers below handle mirrors,
 * credentials, trust, limits and retries; every result has been checked against its digest.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';
import type { Descriptor, Manifest } from '../oci/manifest';
import { manifestByteLimit, parseManifest } from '../oci/manifest';
import { acceptedMediaTypes } from '../oci/media-types';
import type { ImageReference } from '../oci/reference';
import { formatReference } from '../oci/reference';
import { isSeqmirrorError } from '../system/errors';
import type { BlobRequest } from './blob';
import { readBlob } from './blob';
import { readLimited } from './body';
import type { RegistryConnectionOptions } from './connection';
import { connectToRegistries } from './connection';
import { answerIncomplete, wrongDigest } from './errors';
import type { HttpResponse } from './http';
import { discard } from './http';
import { pullSourcesOf } from './pull-sources';
import type { RegistriesConf } from './registries-conf';
import { loadRegistriesConf } from './registries-conf';
import type { PullSource } from './request-facts';
import { listTags } from './tags';

export type RegistryClientOptions = RegistryConnectionOptions;

interface Call {
  readonly signal: AbortSignal;
}

export interface RegistryClient {
  /**
   * What a tag or digest stands for, without its content if the registry tells enough (HEAD). A reference with neither
   * means `latest`.
   *
   * @throws SEQ0506 when it doesn't exist
   */
  head(reference: ImageReference, call: Call): Promise<Descriptor>;
  /** The manifest, checked against the reference's digest and the one that the registry states. */
  manifest(reference: ImageReference, call: Call): Promise<Manifest>;
  /**
   * A blob's bytes. Reaching the end proves length and digest. `resume` continues after what is on disk already: its
   * length, and a hash that has seen it, which is copied and not used up.
   */
  blob(
    reference: ImageReference,
    descriptor: { readonly digest: Digest; readonly bytes: number },
    call: Call & { readonly resume?: { readonly bytes: number; readonly hash: Hash } | undefined },
  ): AsyncGenerator<Buffer, void, undefined>;
  /**
   * A blob's bytes after the first `from`. Reaching the end proves the length alone: for callers who hash what they
   * wrote.
   */
  unprovenBlob(
    reference: ImageReference,
    descriptor: { readonly digest: Digest; readonly bytes: number },
    call: Call & { readonly from: number },
  ): AsyncGenerator<Buffer, void, undefined>;
  /** `false` also if a mirror doesn't have the tag and the registry behind it can't be reached, as in an enclave. */
  tagExists(reference: ImageReference, call: Call): Promise<boolean>;
  /** All tags of the repository, in the registry's order, page by page. */
  tags(reference: ImageReference, call: Call): AsyncGenerator<string, void, undefined>;
  /** Whether all traffic so far went over TLS with verified certificates. */
  tlsVerified(): boolean;
  /** The substitutions of registries.conf for hosts used so far: `registry.redhat.io -> mirror.example`. Sorted. */
  substitutions(): readonly string[];
  close(): Promise<void>;
}

/** Makes a client. It opens no connection before the first request; `close` drops them. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { settings, env, retries, signal: ended } = options;
  const { http, transport } = connectToRegistries(options);
  const substitutions = new Set<string>();
  let conf: Promise<RegistriesConf> | undefined;

  const sourcesOf = async (reference: ImageReference): Promise<PullSource[]> => {
    conf ??= loadRegistriesConf({ file: settings.registriesConf, env });
    const sources = pullSourcesOf(reference, await conf);
    for (const { substitution } of sources) if (substitution !== undefined) substitutions.add(substitution);
    return sources.map((source) => ({
      ...source,
      insecure: source.insecure || settings.hosts?.[source.host]?.insecure === true,
    }));
  };
  const either = (signal: AbortSignal): AbortSignal => AbortSignal.any([ended, signal]);

  const askForManifest = async <T>(
    method: 'GET' | 'HEAD',
    reference: ImageReference,
    { signal }: Call,
    read: (response: HttpResponse, source: PullSource) => Promise<T> | T,
    { absenceIsEnough = false }: { absenceIsEnough?: boolean | undefined } = {},
  ): Promise<T> =>
    transport.send(
      await sourcesOf(reference),
      {
        method,
        path: `manifests/${reference.digest ?? reference.tag ?? 'latest'}`,
        headers: { accept: acceptedMediaTypes },
        subject: formatReference(reference),
        asks: 'manifest',
        accepts: method === 'HEAD' ? [200, 405] : [200],
        absenceIsEnough,
        read,
      },
      either(signal),
    );

  const manifest: RegistryClient['manifest'] = (reference, call) =>
    askForManifest('GET', reference, call, async (response, { host }) => {
      const parsed = parseManifest(await readLimited(response, manifestByteLimit), mediaTypeOf(response));
      const facts = { subject: formatReference(reference), host, actual: parsed.digest };
      if (reference.digest !== undefined && reference.digest !== parsed.digest) {
        throw wrongDigest({ ...facts, expected: reference.digest, itsDigest: 'the digest in its reference' });
      }
      const stated = response.header('docker-content-digest');
      if (stated !== undefined && isDigest(stated) && stated !== parsed.digest) {
        throw wrongDigest({ ...facts, expected: stated, itsDigest: 'its Docker-Content-Digest header' });
      }
      return parsed;
    });

  const head: RegistryClient['head'] = async (reference, call) => {
    const stated = await askForManifest('HEAD', reference, call, (response, { host }) => {
      discard(response);
      return response.status === 405 ? undefined : statedDescriptor(response, { reference, host });
    });
    if (stated !== undefined) return stated;
    const { mediaType, digest, bytes } = await manifest(reference, call);
    return { mediaType, digest, bytes };
  };

  const blobRequest = async (
    reference: ImageReference,
    descriptor: { readonly digest: Digest; readonly bytes: number },
    { signal }: Call,
  ): Promise<BlobRequest> => ({
    ...descriptor,
    sources: await sourcesOf(reference),
    subject: `${reference.host}/${reference.repository} blob ${descriptor.digest}`,
    retries,
    signal: either(signal),
  });

  return {
    head,
    manifest,
    async *blob(reference, { digest, bytes }, { signal, resume }) {
      const hash = resume?.hash.copy() ?? createHash('sha256');
      const start = { from: resume?.bytes ?? 0, hash };
      yield* readBlob(transport, await blobRequest(reference, { digest, bytes }, { signal }), start);
    },
    async *unprovenBlob(reference, { digest, bytes }, { signal, from }) {
      yield* readBlob(transport, await blobRequest(reference, { digest, bytes }, { signal }), { from });
    },
    tagExists: async (reference, call) => {
      try {
        const known = await askForManifest('HEAD', reference, call, statusOf, { absenceIsEnough: true });
        if (known === 405) await manifest(reference, call);
        return true;
      } catch (error) {
        if (isSeqmirrorError(error) && error.code === 'SEQ0506') return false;
        throw error;
      }
    },
    async *tags(reference, { signal }) {
      yield* listTags(transport, { sources: await sourcesOf(reference), reference, signal: either(signal) });
    },
    tlsVerified: () => http.tlsVerified(),
    substitutions: () => [...substitutions].sort(),
    close: () => http.close(),
  };
}

function statusOf(response: HttpResponse): number {
  discard(response);
  return response.status;
}

function mediaTypeOf(response: HttpResponse): string | undefined {
  return response.header('content-type')?.split(';')[0]?.trim();
}

// Registries may leave digest and length out of an answer to HEAD; then the content has to be read.
function statedDescriptor(
  response: HttpResponse,
  { reference, host }: { reference: ImageReference; host: string },
): Descriptor | undefined {
  const digest = response.header('docker-content-digest');
  const bytes = Number(response.header('content-length') ?? Number.NaN);
  const mediaType = mediaTypeOf(response);
  if (digest === undefined || mediaType === undefined || !Number.isSafeInteger(bytes) || bytes === 0) return undefined;
  const subject = formatReference(reference);
  if (!isDigest(digest))
    throw answerIncomplete({
      subject,
      host,
      problem: `its digest is ${digest.slice(0, 80)}, and seqmirror supports only sha256`,
    });
  if (reference.digest !== undefined && reference.digest !== digest) {
    throw wrongDigest({
      subject,
      host,
      expected: reference.digest,
      actual: digest,
      itsDigest: 'the digest in its reference',
    });
  }
  return { mediaType, digest, bytes };
}
