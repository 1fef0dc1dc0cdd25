/** Manifests and indexes: OCI image-spec 1.1 and Docker schema 2, read from untrusted bytes. */
import { z } from 'zod';
import { Digest, digestOf } from './digest';
import { manifestUnusable } from './errors';
import { keysAsGoReadsThem, manifestJson } from './manifest-keys';
import { indexMediaTypes, kindOf } from './media-types';

/** What a manifest says about a piece of content. None of it is proven until the content has been hashed. */
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
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}

export type Manifest = ImageManifest | IndexManifest;

interface ManifestContent {
  readonly digest: Digest;
  readonly mediaType: string;
  /** The exact bytes that the digest is of. */
  readonly content: Buffer;
  readonly bytes: number;
  readonly artifactType?: string | undefined;
  /** The image that this is attached to (signatures, attestations of OCI 1.1). */
  readonly subject?: Descriptor | undefined;
  /** Keys that the standard spells in another case, which Go accepts and other programs ignore. */
  readonly oddKeys?: readonly string[] | undefined;
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

// For optional keys, Go's tools write and accept null too. Keys that are not read here are not checked either.
const text = z.string().nullish();
const texts = z.array(z.string().nullable()).nullish();
const annotations = z.record(z.string(), z.string().nullable()).nullish();
const DescriptorText = z.object({
  mediaType: z.string().max(200),
  digest: Digest,
  size: z.int().nonnegative(),
  urls: texts,
  platform: z
    .object({ os: text, architecture: text, variant: text, 'os.version': text, 'os.features': texts })
    .nullish(),
  artifactType: text,
  annotations,
  // Go reads it as base64, and refuses the whole document for anything else.
  data: z.base64().nullish(),
});

const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().max(200).nullish(),
  artifactType: text,
  annotations,
  subject: DescriptorText.nullish(),
};

// Keys that must be absent are named: a document that is both would mean one thing here and another elsewhere
// (CVE-2021-41190).
const ImageText = z.object({
  ...common,
  config: DescriptorText,
  layers: z.array(DescriptorText).max(mostReferences).nullable(),
  manifests: z.null('an image manifest has no "manifests"').optional(),
});
const IndexText = z.object({
  ...common,
  manifests: z.array(DescriptorText).max(mostReferences).nullable(),
  config: z.null('an index has no "config"').optional(),
  layers: z.null('an index has no "layers"').optional(),
});

/**
 * Reads a manifest. Its media type is the one that it states, else the one that the registry gave, else the one that
 * its shape implies. Layers that registries need not have are marked `foreign`.
 *
 * @throws SEQ0510 if it is too large, not a manifest, read differently by other programs, or of Docker's schema 1
 */
export function parseManifest(content: Buffer, mediaType: string | undefined): Manifest {
  const digest = digestOf(content);
  const refuse = (problem: string) => manifestUnusable({ digest, problem });
  if (content.length > manifestByteLimit)
    throw refuse(`it has ${content.length} bytes; the limit is ${manifestByteLimit}`);
  const json = manifestJson(content);
  if ('refused' in json) throw refuse(json.refused);
  const { document, oddKeys } = keysAsGoReadsThem(json.value);
  if (document === undefined) throw refuse('it is not a JSON object in UTF-8');
  if (document['schemaVersion'] === 1)
    throw refuse('it has the old format Docker schema 1; push the image again with a current tool');

  const stated = typeof document['mediaType'] === 'string' ? document['mediaType'] : undefined;
  const type =
    [stated, mediaType].find((candidate) => kindOf(candidate) !== undefined) ?? typeFromShape(document, stated);
  const kind = kindOf(type);
  if (type === undefined || kind === undefined)
    throw refuse(
      `its media type is ${stated ?? mediaType ?? 'not given'}, which is not the type of an image or an index`,
    );

  const parsed = kind === 'index' ? IndexText.safeParse(document) : ImageText.safeParse(document);
  if (!parsed.success) throw refuse(firstIssue(parsed.error));
  const { artifactType, subject } = parsed.data;
  const shared = {
    digest,
    mediaType: type,
    content,
    bytes: content.length,
    artifactType: artifactType ?? undefined,
    ...(subject ? { subject: descriptorOf(subject) } : {}),
    ...(oddKeys.length > 0 ? { oddKeys } : {}),
  };
  return 'config' in parsed.data && parsed.data.config
    ? {
        kind: 'image',
        ...shared,
        config: descriptorOf(parsed.data.config),
        layers: (parsed.data.layers ?? []).map(descriptorOf),
      }
    : { kind: 'index', ...shared, manifests: (parsed.data.manifests ?? []).map(descriptorOf) };
}

/** The digests in a manifest, in order: config and layers, or children. Repeated if the manifest repeats them. */
export function refsOf(manifest: Manifest): Digest[] {
  const parts = manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : manifest.manifests;
  return parts.map(({ digest }) => digest);
}

// OCI lets `mediaType` be absent, and some registries answer with a type of their own for everything.
function typeFromShape(document: Record<string, unknown>, stated: string | undefined): string | undefined {
  if (stated !== undefined) return undefined;
  if (Array.isArray(document['manifests'])) return indexMediaTypes[0];
  return Array.isArray(document['layers']) ? 'application/vnd.oci.image.manifest.v1+json' : undefined;
}

function descriptorOf(found: z.infer<typeof DescriptorText>): Descriptor {
  const { mediaType, digest, size, urls, platform, artifactType, annotations } = found;
  const foreign = (urls?.length ?? 0) > 0 || /\.foreign\.|\.nondistributable\./.test(mediaType);
  return {
    mediaType,
    digest,
    bytes: size,
    ...(platform ? { platform: platformOf(platform) } : {}),
    artifactType: artifactType ?? undefined,
    ...(annotations ? { annotations: textsOf(annotations) } : {}),
    ...(foreign ? { foreign } : {}),
  };
}

function platformOf({ os, architecture, variant }: NonNullable<z.infer<typeof DescriptorText>['platform']>): Platform {
  return { os: os ?? undefined, architecture: architecture ?? undefined, variant: variant ?? undefined };
}

function textsOf(annotations: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, value ?? '']));
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'it does not follow the OCI schema'
    : `${issue.path.join('.') || 'the document'}: ${issue.message}`;
}
