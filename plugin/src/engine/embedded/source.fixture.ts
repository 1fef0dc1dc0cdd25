/** A registry on loopback with images made for a spec, and requests to mirror from it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageSetDocument } from '../../imageset/document';
import { parseImageSet } from '../../imageset/document';
import type { Digest } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import { createRegistryClient } from '../../registry/client';
import type { Script } from '../../registry/scripted-registry.fixture';
import { answering, createLab, digestOf, sendingBlob } from '../../registry/scripted-registry.fixture';
import { valueOfJson } from '../../system/json-text';
import { silentProgress } from '../../system/progress';
import type { AttachmentSettings, MirrorRequest } from '../engine';
import type { Sources } from './collect/collect';
import { collect } from './collect/collect';
import { withSources } from './content';
import type { LookUp } from './look-up';
import { lookUpImages } from './look-up';
import type { ManifestStore } from './manifest-store';
import { noManifestStore } from './manifest-store';
import type { Resolution } from './resolve';
import { resolutionOf } from './resolve';

const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

interface Part {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[] | undefined;
  readonly platform?: object | undefined;
  readonly annotations?: object | undefined;
}

export interface Pushed {
  readonly digest: Digest;
  readonly descriptor: Part;
}

/** What a spec can do with its source. `name` is `host:port/lab`, to which a repository's name is added. */
export async function createSource() {
  const lab = createLab();
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-embedded-'));
  const manifests = new Map<string, { mediaType: string; content: Buffer }>();
  const blobs = new Map<Digest, Buffer>();
  /** Scripts that answer instead of the registry, by `GET /v2/…`. */
  const faults = new Map<string, Script>();

  const server = await lab.serve((request, response) => {
    const line = `${request.method} ${request.url}`;
    const fault = faults.get(line);
    if (fault !== undefined) return fault(request, response);
    const [, repository = '', kind, key = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const manifest = kind === 'manifests' ? manifests.get(`${repository} ${key}`) : undefined;
    const blob = kind === 'blobs' ? blobs.get(key as Digest) : undefined;
    if (manifest !== undefined) {
      response.writeHead(200, {
        'content-type': manifest.mediaType,
        'content-length': manifest.content.length,
        'docker-content-digest': digestOf(manifest.content),
      });
      return void response.end(request.method === 'HEAD' ? undefined : manifest.content);
    }
    return blob === undefined ? answering({})(request, response) : sendingBlob(blob)(request, response);
  });

  const put = (mediaType: string, content: Buffer, more: Partial<Part> = {}): Part => {
    blobs.set(digestOf(content), content);
    return { mediaType, digest: digestOf(content), size: content.length, ...more };
  };
  const pushManifest = (repository: string, tag: string | undefined, mediaType: string, document: object): Pushed => {
    const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    const digest = digestOf(content);
    for (const key of tag === undefined ? [digest] : [digest, tag])
      manifests.set(`${repository} ${key}`, { mediaType, content });
    return { digest, descriptor: { mediaType, digest, size: content.length } };
  };

  return {
    folder,
    host: server.host,
    requests: server.requests,
    blobs,
    faults,
    contentOf: (digest: Digest): Buffer | undefined =>
      blobs.get(digest) ?? [...manifests.values()].find(({ content }) => digestOf(content) === digest)?.content,
    /** Pushes an image with layers of these contents. */
    image: (
      repository: string,
      tag: string | undefined,
      layers: readonly (string | Buffer)[],
      layer: Partial<Part> = {},
    ): Pushed => {
      const config = put(
        'application/vnd.oci.image.config.v1+json',
        Buffer.from(JSON.stringify({ layers: layers.map(String).map(digestOf) })),
      );
      const parts = layers.map((content) => put('application/vnd.oci.image.layer.v1.tar', Buffer.from(content), layer));
      return pushManifest(repository, tag, imageType, { config, layers: parts });
    },
    /** Pushes an image that was made elsewhere, by tag and by digest. */
    push: (
      repository: string,
      tag: string,
      image: { readonly root: Manifest; readonly blobs: ReadonlyMap<Digest, Buffer> },
    ): Digest => {
      for (const [digest, content] of image.blobs) {
        const { mediaType } = (valueOfJson(content.toString()) ?? {}) as { mediaType?: string };
        if (mediaType === undefined) blobs.set(digest, content);
        else manifests.set(`${repository} ${digest}`, { mediaType, content });
      }
      const { mediaType, content, digest } = image.root;
      manifests.set(`${repository} ${tag}`, { mediaType, content });
      return digest;
    },
    index: (repository: string, tag: string | undefined, children: readonly Pushed[]): Pushed =>
      pushManifest(repository, tag, indexType, { manifests: children.map(({ descriptor }) => descriptor) }),
    /** A configuration of additional images: names without host, or whole YAML entries. */
    document: (...entries: readonly string[]): ImageSetDocument => documentOf(server.host, entries),
    request: (document: ImageSetDocument, more: Partial<MirrorRequest> = {}): MirrorRequest => ({
      document,
      base: new Map(),
      linksInBase: () => false,
      allowMissing: [],
      resolveDependencies: false,
      stage: join(folder, 'stage'),
      engineFolder: join(folder, 'engine'),
      registries: { hosts: { [server.host]: { insecure: true } } },
      options: {
        parallelImages: 2,
        parallelLayers: 2,
        retries: 0,
        imageTimeoutSeconds: 60,
        removeSignatures: false,
        slim: true,
        attachments: { taken: 'all', ifRefused: 'fail' },
      },
      progress: silentProgress,
      signal: new AbortController().signal,
      ensureSpace: async () => undefined,
      env: lab.env,
      workspaceRoot: folder,
      now: () => new Date(0),
      ...more,
    }),
    /** The sources that collectors get for a request. */
    withSources: async <T>(
      request: MirrorRequest,
      work: (sources: Sources) => Promise<T>,
      store: ManifestStore = noManifestStore,
    ): Promise<T> => {
      const { registries: settings, env, signal, options, stage } = request;
      const client = createRegistryClient({ settings, env, signal, retries: options.retries });
      try {
        return await withSources(request, client, { store, scratch: join(stage, 'collected') }, work);
      } finally {
        await client.close();
      }
    },
    close: async () => {
      await lab.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Source = Awaited<ReturnType<typeof createSource>>;

function documentOf(host: string, entries: readonly string[]): ImageSetDocument {
  const images = entries.map(
    (entry) => `    - ${entry.includes(': ') ? entry.replace('HOST', host) : `name: ${host}/${entry}`}`,
  );
  return parsed(['mirror:', '  additionalImages:', ...images].join('\n'));
}

/** The images of a document. @throws the error of the first image that failed */
export async function resolve(
  document: ImageSetDocument,
  sources: Sources,
  { store, attachments }: { store: ManifestStore; attachments: AttachmentSettings },
): Promise<Resolution & Pick<LookUp, 'refused'>> {
  const { images, made } = await collect(document, sources);
  const { found, failed, refused } = await lookUpImages(images, { ...sources, attachments, parallelImages: 2 });
  if (failed[0] !== undefined) throw failed[0].error;
  return { ...resolutionOf(found, made, { store, signal: sources.signal }), refused };
}

/** A document made of the lines below `kind`. */
export function parsed(yaml: string): ImageSetDocument {
  const text = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\n${yaml}\n`;
  const { document, findings } = parseImageSet(text, 'imageset-config.yaml');
  if (document === undefined) throw new Error(findings.map(({ what }) => what).join('\n'));
  return document;
}
