/**
 * Manifests and indexes: OCI image-spec 1.1 and Docker schema 2, read from bytes that nobody vouches for.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Digest, digestFromHex } from './digest';
import { manifestUnusable } from './errors';
import { indexMediaTypes, kindOf } from './media-types';

/** What a manifest says of a piece of content. None of it is proven until the content has been hashed. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly platform?: Platform | undefined;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** A layer that its owner keeps elsewhere (`urls`, or a non-distributable media type): registries need not have it. */
  readonly foreign?: true | undefined;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

export type Manifest = ImageManifest | IndexManifest;

interface ManifestContent {
  readonly digest: Digest;
  readonly mediaType: string;
  /** The exact bytes, which the digest is of. */
  readonly content: Buffer;
  readonly bytes: number;
  readonly artifactType?: string | undefined;
  /** What this is attached to (signatures, attestations of OCI 1.1). */
  readonly subject?: Descriptor | undefined;
}

export interface ImageManifest extends ManifestContent {
  readonly kind: 'image';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface IndexManifest extends ManifestContent {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** OCI distribution 1.1 asks registries to accept at least 4 MiB; containers/image reads no more than that. */
export const manifestByteLimit = 4 * 1024 * 1024;
const mostReferences = 20_000;

const DescriptorText = z.object({
  mediaType: z.string().max(200),
  digest: Digest,
  size: z.int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).nullish(),
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().max(200).optional(),
  artifactType: z.string().optional(),
  subject: DescriptorText.nullish(),
};

// What must be absent is named: a document that is both would mean one thing here and another elsewhere (CVE-2021-41190).
const ImageText = z.object({
  ...common,
  config: DescriptorText,
  layers: z.array(DescriptorText).max(mostReferences).nullable(),
  manifests: z.undefined('an image manifest has no "manifests"').optional(),
});
const IndexText = z.object({
  ...common,
  manifests: z.array(DescriptorText).max(mostReferences).nullable(),
  config: z.undefined('an index has no "config"').optional(),
  layers: z.undefined('an index has no "layers"').optional(),
});

/**
 * Reads a manifest. Its media type is the one that it states, else the one that the registry gave, else what its shape
 * says. Layers that registries need not have are marked `foreign`.
 *
 * @throws SEQ0510 for what is too large, no manifest, ambiguous, or of Docker's schema 1
 */
export function parseManifest(content: Buffer, mediaType: string | undefined): Manifest {
  const digest = digestFromHex(createHash('sha256').update(content).digest('hex'));
  const refuse = (problem: string) => manifestUnusable({ digest, problem });
  if (content.length > manifestByteLimit)
    throw refuse(`it has ${content.length} bytes; the limit is ${manifestByteLimit}`);
  const document = parseJson(content);
  if (document === undefined) throw refuse('it is not a JSON object in UTF-8');
  if (document['schemaVersion'] === 1)
    throw refuse('it is in Docker schema 1, which registries gave up; push the image again with a current tool');

  const stated = typeof document['mediaType'] === 'string' ? document['mediaType'] : undefined;
  const type =
    [stated, mediaType].find((candidate) => kindOf(candidate) !== undefined) ?? typeFromShape(document, stated);
  const kind = kindOf(type);
  if (type === undefined || kind === undefined)
    throw refuse(`its media type is ${stated ?? mediaType ?? 'not given'}, which is neither an image nor an index`);

  const parsed = kind === 'index' ? IndexText.safeParse(document) : ImageText.safeParse(document);
  if (!parsed.success) throw refuse(firstIssue(parsed.error));
  const { artifactType, subject } = parsed.data;
  const shared = {
    digest,
    mediaType: type,
    content,
    bytes: content.length,
    artifactType,
    ...(subject ? { subject: descriptorOf(subject) } : {}),
  };
  return 'config' in parsed.data && parsed.data.config !== undefined
    ? {
        kind: 'image',
        ...shared,
        config: descriptorOf(parsed.data.config),
        layers: (parsed.data.layers ?? []).map(descriptorOf),
      }
    : { kind: 'index', ...shared, manifests: (parsed.data.manifests ?? []).map(descriptorOf) };
}

/** The digests that a manifest is made of, in its order: config and layers, or children. Repeated where it repeats them. */
export function refsOf(manifest: Manifest): Digest[] {
  const parts = manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : manifest.manifests;
  return parts.map(({ digest }) => digest);
}

function parseJson(content: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

// OCI lets `mediaType` be absent, and some registries answer with a type of their own for everything.
function typeFromShape(document: Record<string, unknown>, stated: string | undefined): string | undefined {
  if (stated !== undefined) return undefined;
  if (Array.isArray(document['manifests'])) return indexMediaTypes[0];
  return Array.isArray(document['layers']) ? 'application/vnd.oci.image.manifest.v1+json' : undefined;
}

function descriptorOf(text: z.infer<typeof DescriptorText>): Descriptor {
  const { mediaType, digest, size, urls, platform, artifactType, annotations } = text;
  const foreign = (urls?.length ?? 0) > 0 || /\.foreign\.|\.nondistributable\./.test(mediaType);
  return {
    mediaType,
    digest,
    bytes: size,
    ...(platform ? { platform: platformOf(platform) } : {}),
    artifactType,
    ...(annotations ? { annotations } : {}),
    ...(foreign ? { foreign } : {}),
  };
}

function platformOf({
  os,
  architecture,
  variant,
}: {
  os: string;
  architecture: string;
  variant?: string | undefined;
}): Platform {
  return { os, architecture, variant };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'it does not follow its schema'
    : `${issue.path.join('.') || 'the document'}: ${issue.message}`;
}
