/** The contract between mirroring and an engine. Nothing outside this folder knows which engine runs. */
import type { MadeBlob } from '../archive/blob-source';
import type { ReadBackArchive } from '../archive/read-back';
import type { ChannelHead } from '../catalog/selection/selection';
import type { ImageSetDocument } from '../imageset/document';
import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { ChainContent } from '../push/chain-content';
import type { BlobCount } from '../push/upload-images';
import type { RegistryDestination } from '../registry/destination';
import type { RegistrySettings } from '../registry/settings';
import type { Finding } from '../system/errors';
import type { Progress } from '../system/progress';

export type EngineName = 'oc-mirror' | 'embedded';

/** The name and the version of an engine. */
export interface EngineVersion {
  readonly engine: EngineName;
  /** The version as in the records: `4.19.0-202507292137` or `embedded 0.1.0`. */
  readonly version: string;
  /** Where seqmirror found the program: `from PATH`, `/opt/bin/oc-mirror`. The records do not contain this place. */
  readonly found: string;
  /** The sha256 of the oc-mirror program. */
  readonly sha256?: string | undefined;
}

export interface MirrorRequest {
  readonly document: ImageSetDocument;
  /** Blobs that need not be in the archives, because the sequences of the base hold them. Empty for a baseline. */
  readonly base: BlobSet;
  /** Whether archives of the base hold all links of an image, so that these may leave them out. */
  readonly linksInBase: (image: MirroredImage) => boolean;
  /** Images, by their names in messages, that the sequence may be made without. */
  readonly allowMissing: readonly string[];
  /** Whether packages that selected operators need are added, out of the same catalog (the embedded engine only). */
  readonly resolveDependencies: boolean;
  /** This sequence's stage. The engine owns it between runs of the same sequence, and may find its own half-done work. */
  readonly stage: string;
  /**
   * The engine's own folder for what later sequences reuse (cache, working-dir). On the same file system as the stage.
   */
  readonly engineFolder: string;
  /** By which its own notes are told from planted ones. `undefined`: whoever can write in its folder is believed. */
  readonly keyFile?: string | undefined;
  readonly registries: RegistrySettings;
  readonly options: EngineOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Call it as soon as the sizes are known, before the space is used. Throws SEQ0701 when the disk is too small. */
  readonly ensureSpace: (needed: SpaceNeeded) => Promise<void>;
  /** Variables for the places of credentials, proxies and program paths. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** The folder that relative paths in the configuration start from: Nx runs everything there. An absolute path. */
  readonly workspaceRoot: string;
  readonly now: () => Date;
}

/** What is needed to find and ask engines. */
export interface EngineWorld {
  readonly options: EngineOptions;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/** From seqmirror.yaml, with defaults filled in. */
export interface EngineOptions {
  /** The oc-mirror program, if it should not be looked for on PATH. */
  readonly ocMirrorBinary?: string | undefined;
  /** The helm program, if it should not be looked for on PATH (only the embedded engine). */
  readonly helmBinary?: string | undefined;
  /** How many images, and layers of one image, at the same time. The engine may reduce it after failures. */
  readonly parallelImages: number;
  readonly parallelLayers: number;
  /** How often a failed request or image is tried again. */
  readonly retries: number;
  /** Time for one image, all retries included, in seconds (only oc-mirror). */
  readonly imageTimeoutSeconds: number;
  /** Leave out cosign signatures (oc-mirror 4.19 and later; for the embedded engine see attachments). */
  readonly removeSignatures: boolean;
  /** Whether an archive may be rewritten to leave out what disk-to-mirror does not read (only oc-mirror). */
  readonly slim: boolean;
  /** Only for the embedded engine. */
  readonly attachments: AttachmentSettings;
}

/** Which attachments of cosign are taken: signatures, attestations and SBOMs. */
export interface AttachmentSettings {
  readonly taken: 'all' | 'signatures' | 'none';
  /** Whether a run fails if a registry refuses to say what is attached, or continues without. */
  readonly ifRefused: 'fail' | 'skip';
}

/** What is in the stage when an engine has finished. None of it is trusted: it is verified afterwards. */
export interface StagedArchives {
  /** Absolute paths, `mirror_000001.tar` …, in the order of their numbers. */
  readonly archives: readonly string[];
  /** What was hashed of archives while they were filled, by their paths. It counts while the files' marks are the same. */
  readonly readBack?: ReadonlyMap<string, ReadBackArchive> | undefined;
  /** All images of the configuration, including those of the base. */
  readonly images: readonly MirroredImage[];
  /** Whether links were left out that the base holds. */
  readonly linksLeftOut: boolean;
  /** The imageset configuration with every tag resolved to its digest, as YAML text that oc-mirror accepts. */
  readonly pinnedConfig: string;
  /** Facts for seq-metadata's provenance, besides the version: booleans and short strings, no paths, no secrets. */
  readonly provenance: Provenance;
}

export interface Provenance {
  readonly tlsVerified: boolean;
  /** Substitutions of registries.conf for hosts of this configuration: `registry.redhat.io -> mirror.example`. */
  readonly substitutions: readonly string[];
  /** If the settings are not the defaults. `refused`: if something was skipped, `quay.io/app: signature`. Sorted. */
  readonly attachments?: (AttachmentSettings & { readonly refused: readonly string[] }) | undefined;
  /** Fingerprints of the keys that signed the releases; `undefined` if there were no releases, or it is unknown. */
  readonly releaseKeys?: readonly string[] | undefined;
  /** Catalogs that something was selected of. `undefined`: the engine does not tell. */
  readonly operators?: readonly SelectedOperators[] | undefined;
  /** Images that failed and were allowed to be missing, by their names in the configuration. Sorted. */
  readonly missing?: readonly string[] | undefined;
}

/** What was selected of one catalog. */
export interface SelectedOperators {
  /** The text of its entry. */
  readonly catalog: string;
  readonly heads: readonly ChannelHead[];
  /** What was added, in words. `undefined`: that was not asked for. */
  readonly dependencies?: readonly string[] | undefined;
}

/** What a run would download. To find out, `plan` downloads no layer. */
export interface MirrorPlan {
  /** All images of the configuration for which a registry answered, including images of the base. */
  readonly images: readonly MirroredImage[];
  /** All blobs of these images, including blobs of the base. Manifests list their parts. */
  readonly blobs: BlobSet;
  /** The archives that a run would write, in the order of their numbers. */
  readonly archives: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether a run writes exactly these bytes, if nothing changes upstream. Otherwise they are an estimate. */
  readonly isExact: boolean;
  /** Images of the configuration for which no registry answered. They are not counted. */
  readonly unanswered: readonly { readonly image: string; readonly why: string }[];
  /** The selection from catalogs, if the engine reports it. */
  readonly operators?: readonly SelectedOperators[] | undefined;
  /** The catalogs of the configuration with their present digests. `catalog` is the text of the entry. */
  readonly catalogs: readonly { readonly catalog: string; readonly digest: Digest }[];
  readonly space: SpaceNeeded;
  /** Notes for people. */
  readonly notes: readonly string[];
}

/** Free space needed on the data directory's file system, by purpose. */
export interface SpaceNeeded {
  readonly download: number;
  readonly archives: number;
  readonly cache: number;
}

/** A sequence to be uploaded into a registry. */
export interface DiskToMirror {
  readonly document: ImageSetDocument;
  /** The configuration with every tag resolved, if it was recorded. */
  readonly pinnedConfig?: string | undefined;
  /** The folder of files that the configuration names: templates of CatalogSources. */
  readonly configFolder?: string | undefined;
  /** Absolute paths, in the order in which oc-mirror imports them: the sequence's own come last. */
  readonly archives: readonly string[];
  /** All images of the sequence, as recorded. */
  readonly images: readonly MirroredImage[];
  /** The records of the chain up to the sequence. */
  readonly chain: ChainContent;
  readonly destination: RegistryDestination;
  /** Ask for every blob, of images that are there too. Only the embedded engine can. */
  readonly thorough?: boolean | undefined;
  readonly registries: RegistrySettings;
  readonly options: EngineOptions;
  /** The engine's own folder for this destination. The embedded engine needs none, and writes nothing. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly now: () => Date;
}

export interface UploadResult {
  readonly images: number;
  /** How many images the registry already had, with digest and tag; `undefined` if the engine does not report it. */
  readonly unchanged?: number | undefined;
  /** Tags for which the registry answered with their images, as `repository:tag@digest`; nothing was uploaded to them. */
  readonly there?: ReadonlySet<string> | undefined;
  /**
   * The blobs of the other images, counted once for each repository: uploaded, mounted, or already in the registry.
   * `undefined` if the engine does not report them.
   */
  readonly blobs?: { readonly uploaded: BlobCount; readonly mounted: BlobCount; readonly there: BlobCount } | undefined;
  /** YAML and JSON texts. The key is the file name that oc-mirror uses. */
  readonly clusterResources: ReadonlyMap<string, string>;
}

/** What an engine keeps on this machine, from which lost archives can be made again. */
export interface KeptContent {
  /** For people: `oc-mirror's cache`. */
  readonly blobsAre: string;
  /** Where it would keep a blob. */
  readonly blobPath: (digest: Digest) => string;
  /** For people: `oc-mirror's working-dir`. */
  readonly workingDirIs: string;
  readonly workingDir: string;
}

/** Called with what was made again; the content is read before it returns. */
export type KeepMade = (digest: Digest, blob: MadeBlob) => Promise<void>;

export interface MirrorEngine {
  readonly name: EngineName;
  /** The name of its folder in the data directory. */
  readonly folder: string;
  /** What to do about a configuration that it cannot mirror, in words. */
  readonly instead: string;
  /** Whether an upload needs every archive that the sequence needs, even if the registry has their content. */
  readonly uploadNeedsAllArchives: boolean;
  /** Whether its folder allows only one upload at a time. */
  readonly uploadIsExclusive: boolean;
  /** What it keeps between runs in its folder, by the folder's path; `undefined`: nothing. */
  kept(engineFolder: string): KeptContent | undefined;
  /** Checks whether this engine can work here; `undefined` if it isn't available. */
  probe(options: EngineOptions, env: Readonly<NodeJS.ProcessEnv>): Promise<EngineVersion | undefined>;
  /**
   * What this version cannot mirror of a request, each with its place in the file. Empty if it can mirror everything.
   */
  unsupported(
    asked: Pick<MirrorRequest, 'document' | 'resolveDependencies'>,
    version: EngineVersion,
    world: EngineWorld,
  ): Promise<readonly Finding[]> | readonly Finding[];
  /** Asks the registries what a run would bring, and writes nothing outside a scratch folder of its own. */
  plan(request: MirrorRequest, version: EngineVersion): Promise<MirrorPlan>;
  /**
   * Fills the stage with archives that hold every blob of the configuration's images that isn't in the base. May be
   * killed at any moment; called again with the same request it goes on or starts over, and never ends in something
   * false.
   */
  mirrorToDisk(request: MirrorRequest, version: EngineVersion): Promise<StagedArchives>;
  /**
   * Makes again the content that no registry has of a configuration with resolved tags: filtered catalogs, the image
   * with the update graph. An engine that keeps them, or cannot make them, does not call `keep`.
   */
  remake(request: MirrorRequest, keep: KeepMade): Promise<void>;
  /**
   * Uploads the images into a registry, tags last. May be killed at any moment; the next call continues, and what is
   * there already costs next to nothing.
   */
  diskToMirror(request: DiskToMirror, version: EngineVersion): Promise<UploadResult>;
}
