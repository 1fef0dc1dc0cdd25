/** A short description of an image of the lab. image-builder.ts builds it. */

export type LayerSpec = SyntheticLayerSpec | FilesLayerSpec;

export interface SyntheticLayerSpec {
  /** Layers with the same name and size are the same blob in every image. */
  readonly name: string;
  readonly bytes: number;
}

/** A layer with files that somebody reads: a catalog, the manifests of a release. The same for all architectures. */
export interface FilesLayerSpec {
  readonly name: string;
  /** Paths without a slash in front, and contents; asked for when the image is built. */
  readonly files: () => Promise<Readonly<Record<string, string>>>;
}

export interface ImageSpec {
  /** As people write it, `registry.redhat.io/ubi9/ubi:9.5`; its repository in the lab has the host as its first part. */
  readonly reference: string;
  readonly repository: string;
  readonly tag: string;
  readonly layers: readonly LayerSpec[];
  readonly labels: Readonly<Record<string, string>>;
  /** One: a plain manifest. A list, even of one: an index. Layers differ between architectures. */
  readonly architectures: string | readonly string[];
  readonly format: 'oci' | 'docker';
  /** An index whose only entry is the index of the architectures. */
  readonly nested: boolean;
  /** A cosign signature under the tag `sha256-<hex of the root>.sig`; nobody's key made it. */
  readonly signed: boolean;
  /** An attestation under the tag `sha256-<hex of the root>.att`. */
  readonly attested: boolean;
}

export interface ImageOptions {
  /** A name alone is a layer of 64 KiB. Without any, one layer named after the repository. */
  readonly layers?: readonly (string | LayerSpec)[];
  readonly labels?: Readonly<Record<string, string>>;
  /** @default 'amd64', as a plain manifest */
  readonly architectures?: string | readonly string[];
  readonly format?: 'oci' | 'docker';
  readonly nested?: boolean;
  readonly signed?: boolean;
  readonly attested?: boolean;
}

const usualLayerBytes = 64 * 1024;

/** @throws TypeError when the reference has no tag, or a host with a port, which cannot be a part of a repository's name. */
export function anImage(reference: string, options: ImageOptions = {}): ImageSpec {
  const match = /^([a-z0-9]+(?:[._/-]+[a-z0-9]+)*):(\w[\w.-]{0,127})$/.exec(reference);
  if (!match?.[1] || !match[2])
    throw new TypeError(`an image of the lab is named host/repository:tag, not ${reference}`);
  const repository = match[1];
  const layers = (options.layers ?? [repository]).map((layer) =>
    typeof layer === 'string' ? { name: layer, bytes: usualLayerBytes } : layer,
  );
  return {
    reference,
    repository,
    tag: match[2],
    layers,
    labels: options.labels ?? {},
    architectures:
      options.nested && options.architectures === undefined ? ['amd64'] : (options.architectures ?? 'amd64'),
    format: options.format ?? 'oci',
    nested: options.nested ?? false,
    signed: options.signed ?? false,
    attested: options.attested ?? false,
  };
}
