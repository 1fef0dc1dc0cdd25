/** The registry of the lab: the distribution protocol over content that is made when it is asked for. */
import type { ImageSpec } from '../../images/image';
import { anImage } from '../../images/image';
import type { BuiltImage, ImageBuilder } from '../../images/image-builder';
import type { Access, AccessOptions } from './access';
import { accessControl } from './access';
import type { Blob, Content, Repository } from './content';
import { findManifest, repositoryIn } from './content';
import type { Exchange } from './exchange';
import { sendBlob, sendEmpty, sendError } from './exchange';
import { Faults } from './faults';
import { Journal } from './journal';
import { serveBlob, serveCatalog, serveManifest, serveTags } from './pull';
import type { Uploads } from './push';
import { blobUploads, putManifest } from './push';
import type { RunningServer } from './server';
import { startServer } from './server';

export interface RegistryOptions {
  readonly build: ImageBuilder;
  /** For pushed blobs. Made when the first one comes. */
  readonly uploadFolder: string;
  readonly port?: number | undefined;
  readonly tls: boolean;
  readonly access: AccessOptions;
  /** Sends everyone who gets a blob to a second server, under another host name. */
  readonly objectStorage: boolean;
  /** Never more tags in one answer than this. */
  readonly tagsPerPage: number | undefined;
}

export class LabRegistry {
  readonly journal = new Journal();
  readonly faults = new Faults();
  readonly access: Access;
  readonly #content: Content = new Map();
  readonly #options: RegistryOptions;
  readonly #uploads: Uploads;
  #server: RunningServer | undefined;
  #storage: RunningServer | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#uploads = blobUploads(options.uploadFolder, this.#content);
    this.access = accessControl(options.access, () => this.url);
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    if (!this.#server) throw new Error('the registry of the lab was not started');
    return this.#server.url;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return new URL(this.url).host;
  }

  async start(): Promise<void> {
    const { journal, faults } = this;
    const { port, tls, objectStorage } = this.#options;
    const common = { tls, journal, faults };
    if (objectStorage) {
      this.#storage = await startServer({
        ...common,
        server: 'storage',
        hostname: 'localhost',
        admit: refuseCredentials,
        answer: (exchange) => this.#answerFromStorage(exchange),
      });
    }
    this.#server = await startServer({
      ...common,
      server: 'registry',
      hostname: '127.0.0.1',
      port,
      admit: (exchange) => this.access.admit(exchange),
      answer: (exchange) => this.#answer(exchange),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server?.stop(), this.#storage?.stop()]);
  }

  /** Adds an image. It is built when somebody asks for it; a tag that exists moves, what it pointed to stays. */
  add(spec: ImageSpec): void {
    const repository = repositoryIn(this.#content, spec.repository);
    let built: Promise<void> | undefined;
    const build = (): Promise<void> =>
      (built ??= this.#options.build(spec).then((image) => keep(repository, { spec, image, build })));
    repository.unbuilt.set(spec.tag, build);
  }

  /** The digest of the root of `registry.redhat.io/ubi9/ubi:9.5`, or of a pushed image named without a host. */
  async digestOf(reference: string): Promise<string> {
    const { repository, tag } = anImage(reference);
    const manifest = await findManifest(repositoryIn(this.#content, repository), tag);
    if (!manifest) throw new Error(`the lab has no ${reference}`);
    return manifest.digest;
  }

  async #answer(exchange: Exchange): Promise<void> {
    const path = exchange.entry.path;
    if (path === '/token') return this.access.serveToken(exchange);
    if (path === '/v2/' || path === '/v2') return sendEmpty(exchange, 200);
    if (path === '/v2/_catalog') return serveCatalog(exchange, this.#content);
    const route = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)\/([^/]*)$/.exec(path);
    const [, name = '', kind, last = ''] = route ?? [];
    const { method } = exchange.request;
    const reads = method === 'GET' || method === 'HEAD';
    if (kind === 'blobs/uploads') {
      const target = { name, repository: repositoryIn(this.#content, name) };
      if (last !== '') return this.#uploads.proceed(exchange, target, last);
      if (method === 'POST') return this.#uploads.begin(exchange, target);
    }
    if (kind === 'manifests' && method === 'PUT') {
      return putManifest(exchange, { name, repository: repositoryIn(this.#content, name) }, last);
    }
    if (!route) return sendError(exchange, 404, { code: 'UNSUPPORTED', message: 'the lab has no such endpoint' });
    if (!reads) return sendError(exchange, 405, { code: 'UNSUPPORTED', message: 'the lab does not delete' });
    const repository = this.#content.get(name);
    if (!repository)
      return sendError(exchange, 404, { code: 'NAME_UNKNOWN', message: 'repository name not known to registry' });
    if (kind === 'manifests') return serveManifest(exchange, repository, last);
    if (kind === 'tags') return serveTags(exchange, { name, repository, tagsPerPage: this.#options.tagsPerPage });
    const storage = this.#storage;
    // The query stands for the signature of a URL that is good for a while: a client has to send it as it is.
    const locate =
      storage && ((digest: string) => `${storage.url}/storage/${name}/${digest}?signature=of%2Fthe+lab%3D`);
    return serveBlob(exchange, repository, { digest: last, storage: locate });
  }

  async #answerFromStorage(exchange: Exchange): Promise<void> {
    const [, name = '', digest = ''] = /^\/storage\/(.+)\/(sha256:[0-9a-f]{64})$/.exec(exchange.entry.path) ?? [];
    const blob: Blob | undefined = this.#content.get(name)?.blobs.get(digest);
    if (exchange.url.search !== '?signature=of%2Fthe+lab%3D' || !blob) {
      return sendError(exchange, 403, { code: 'DENIED', message: 'no such signed URL' });
    }
    return sendBlob(exchange, blob);
  }
}

/** Object storage takes one kind of credentials: the signed URL. With another one beside it, it refuses, as S3 does. */
async function refuseCredentials(exchange: Exchange): Promise<boolean> {
  if (exchange.entry.authorization === 'none') return true;
  await sendError(exchange, 400, { code: 'INVALID', message: 'only one way of authentication is allowed' });
  return false;
}

function keep(
  repository: Repository,
  { spec, image, build }: { spec: ImageSpec; image: BuiltImage; build: () => Promise<void> },
): void {
  for (const manifest of image.manifests) repository.manifests.set(manifest.digest, manifest);
  for (const blob of image.blobs) repository.blobs.set(blob.digest, blob);
  for (const [tag, digest] of image.attached) repository.tags.set(tag, digest);
  // While it was being built, the tag may have moved on.
  if (repository.unbuilt.get(spec.tag) !== build) return;
  repository.unbuilt.delete(spec.tag);
  repository.tags.set(spec.tag, image.root.digest);
}
