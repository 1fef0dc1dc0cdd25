/**
 * What mirroring asks of an engine. Nothing outside this folder knows which one runs.
 */
import type { MadeBlob } from '../archive/blob-source';
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

/** What an engine learned of itself at start, handed on and never kept. */
export interface EngineVersion {
  readonly engine: EngineName;
  /** As the records say it: `4.19.0-202507292137` or `embedded 0.1.0`. */
  readonly version: string;
  /** Where it was found, for people: `from PATH`, `/opt/bin/oc-mirror`. Never recorded. */
  readonly found: string;
  /** sha256 of the program, where there is one. */
  readonly sha256?: string | undefined;
}

export interface MirrorRequest {
  readonly document: ImageSetDocument;
  /** Blobs that need not be in the archives, because the sequences of the base hold them. Empty for a baseline. */
  readonly base: BlobSet;
  /** Images, as messages name them, without which the sequence may be made all the same. */
  readonly allowMissing: readonly string[];
  /** This sequence's stage. The engine owns it between runs of the same sequence, and may find its own half-done work. */
  readonly stage: string;
  /** The engine's own folder for what serves later sequences (cache, working-dir). On the same file system as the stage. */
  readonly engineFolder: string;
  readonly registries: RegistrySettings;
  readonly options: EngineOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** To be asked as soon as the sizes are known, before they are used. Throws SEQ0701 when the disk is too small. */
  readonly ensureSpace: (needed: SpaceNeeded) => Promise<void>;
  /** The environment to take credentials' places, proxies and program paths from. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** What relative paths in the configuration start from: Nx runs everything there. Absolute. */
  readonly workspaceRoot: string;
  readonly now: () => Date;
}

/** What engines are looked for, and asked about, with. */
export interface EngineWorld {
  readonly options: EngineOptions;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/** From seqmirror.yaml, defaults filled in. */
export interface EngineOptions {
  /** The oc-mirror program, where it isn't to be looked for on PATH. */
  readonly ocMirrorBinary?: string | undefined;
  /** The helm program, where it isn't to be looked for on PATH (the embedded engine only). */
  readonly helmBinary?: string | undefined;
  /** Images, and layers of one image, at the same time. The engine may go lower after failures. */
  readonly parallelImages: number;
  readonly parallelLayers: number;
  /** How often a failed request or image is tried again. */
  readonly retries: number;
  /** The budget of one image, all retries included, in seconds (oc-mirror only). */
  readonly imageTimeoutSeconds: number;
  /** Leave cosign signatures behind (oc-mirror 4.19 and later; for the embedded engine see attachments). */
  readonly removeSignatures: boolean;
  /** Whether an archive may be written once more to leave out what disk-to-mirror does not read (oc-mirror only). */
  readonly slim: boolean;
  /** The embedded engine's alone. */
  readonly attachments: AttachmentSettings;
}

/** What is taken of what cosign attaches to images: signatures, attestations and SBOMs. */
export interface AttachmentSettings {
  readonly taken: 'all' | 'signatures' | 'none';
  /** Whether a run ends where a registry refuses to say what is attached, or goes on without. */
  readonly ifRefused: 'fail' | 'skip';
}

/** What lies in the stage when an engine has done its work. Nothing of it is believed: it is verified afterwards. */
export interface StagedArchives {
  /** Absolute paths, `mirror_000001.tar` …, in the order of their numbers. */
  readonly archives: readonly string[];
  /** All images of the config, those of the base included. */
  readonly images: readonly MirroredImage[];
  /** The imageset config with every tag resolved to its digest, as YAML text that oc-mirror accepts. */
  readonly pinnedConfig: string;
  /** Facts for seq-metadata's provenance, beside the version: booleans and short strings, no paths, no secrets. */
  readonly provenance: Provenance;
}

export interface Provenance {
  readonly tlsVerified: boolean;
  /** Substitutions of registries.conf that were in force for hosts of this config: `registry.redhat.io -> mirror.example`. */
  readonly substitutions: readonly string[];
  /** Where the settings are not the defaults. `refused`: where something was skipped, `quay.io/app: signature`. Sorted. */
  readonly attachments?: (AttachmentSettings & { readonly refused: readonly string[] }) | undefined;
  /** The keys by which releases were found to be signed: fingerprints. `undefined`: there were none, or nobody knows. */
  readonly releaseKeys?: readonly string[] | undefined;
  /** Images that failed and were allowed to be missing, as the configuration names them. Sorted. */
  readonly missing?: readonly string[] | undefined;
}

/** What a run would bring, measured without fetching a layer. */
export interface MirrorPlan {
  /** All images of the config that a registry answered for, those of the base included. */
  readonly images: readonly MirroredImage[];
  /** Every blob of these images, the base's included; of manifests also what they are made of. */
  readonly blobs: BlobSet;
  /** The archives that a run would write, in the order of their numbers. */
  readonly archives: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether a run that finds the same upstream writes exactly these bytes. Else they are an estimate. */
  readonly isExact: boolean;
  /** Images that the config calls for and that nobody could be asked about, so that nothing of them is counted. */
  readonly unanswered: readonly { readonly image: string; readonly why: string }[];
  /** Catalogs of the config as their registries have them now; `catalog` is the text of its entry. */
  readonly catalogs: readonly { readonly catalog: string; readonly digest: Digest }[];
  readonly space: SpaceNeeded;
  /** Things to know, for people. */
  readonly notes: readonly string[];
}

/** Free space needed on the data directory's file system, separately for what it is needed for. */
export interface SpaceNeeded {
  readonly download: number;
  readonly archives: number;
  readonly cache: number;
}

/** A sequence to be brought into a registry. */
export interface DiskToMirror {
  readonly document: ImageSetDocument;
  /** The config with every tag resolved, where it is recorded. */
  readonly pinnedConfig?: string | undefined;
  /** Where files are that the config names: templates of CatalogSources. */
  readonly configFolder?: string | undefined;
  /** Absolute paths, in the order in which oc-mirror imports them: the sequence's own come last. */
  readonly archives: readonly string[];
  /** All images of the sequence, as recorded. */
  readonly images: readonly MirroredImage[];
  /** What is recorded of the chain up to the sequence. */
  readonly chain: ChainContent;
  readonly destination: RegistryDestination;
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
  /** How many of these were there already under their digest and tag. `undefined`: the engine does not tell. */
  readonly unchanged?: number | undefined;
  /** What was done with the others' blobs, once for each repository. `undefined`: the engine does not tell. */
  readonly blobs?: { readonly uploaded: BlobCount; readonly mounted: BlobCount; readonly there: BlobCount } | undefined;
  /** YAML and JSON texts by the names that oc-mirror gives to their files. */
  readonly clusterResources: ReadonlyMap<string, string>;
}

/** What an engine has on this machine, out of which archives that are lost can be made again. */
export interface KeptContent {
  /** For people: `oc-mirror's cache`. */
  readonly blobsAre: string;
  /** Where it would have a blob. */
  readonly blobPath: (digest: Digest) => string;
  /** For people: `oc-mirror's working-dir`. */
  readonly workingDirIs: string;
  readonly workingDir: string;
}

/** Is handed what was made again; the content is read before it returns. */
export type KeepMade = (digest: Digest, blob: MadeBlob) => Promise<void>;

export interface MirrorEngine {
  readonly name: EngineName;
  /** The name of its folder in the data directory. */
  readonly folder: string;
  /** What to do about a configuration that it cannot mirror, in words. */
  readonly instead: string;
  /** Whether an upload needs every archive that the sequence needs, even if the registry has what is in them. */
  readonly uploadNeedsAllArchives: boolean;
  /** Whether its folder takes one upload at a time. */
  readonly uploadIsExclusive: boolean;
  /** What it keeps between runs in its folder, by its path. `undefined`: nothing. */
  kept(engineFolder: string): KeptContent | undefined;
  /** Looks whether this engine can work here. `undefined`: it isn't available. */
  probe(options: EngineOptions, env: Readonly<NodeJS.ProcessEnv>): Promise<EngineVersion | undefined>;
  /** What of this config this version cannot mirror, each with its place in the file. Empty when all of it can be. */
  unsupported(
    document: ImageSetDocument,
    version: EngineVersion,
    world: EngineWorld,
  ): Promise<readonly Finding[]> | readonly Finding[];
  /** Asks the registries what a run would bring, and writes nothing outside a scratch folder of its own. */
  plan(request: MirrorRequest, version: EngineVersion): Promise<MirrorPlan>;
  /**
   * Fills the stage with archives that hold every blob of the config's images that isn't in the base. May be killed at
   * any moment; called again with the same request it goes on or starts over, and never ends in something false.
   */
  mirrorToDisk(request: MirrorRequest, version: EngineVersion): Promise<StagedArchives>;
  /**
   * Makes again what no registry has of a configuration whose tags are resolved: filtered catalogs, the image with the
   * update graph. An engine that keeps them, or cannot, hands nothing on.
   */
  remake(request: MirrorRequest, keep: KeepMade): Promise<void>;
  /**
   * Brings the images into a registry, tags last. May be killed at any moment; called again it goes on, and what is
   * there already costs next to nothing.
   */
  diskToMirror(request: DiskToMirror, version: EngineVersion): Promise<UploadResult>;
}
