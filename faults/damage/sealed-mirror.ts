/**
 * Real mirrors to damage: sealed by the functions that seal, archives written here so that it is known what each byte of
 * them belongs to. Everything follows from the seed; content is made as fast as it is written.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linksOf } from '../../plugin/src/archive/links';
import { planArchives } from '../../plugin/src/archive/plan';
import { verifyArchives } from '../../plugin/src/archive/verify';
import { requireImageSet } from '../../plugin/src/imageset/document';
import { buildRecords } from '../../plugin/src/mirror/build-records';
import { configSha256 } from '../../plugin/src/mirror/check-sealed';
import type { Mirror, MirrorLocation } from '../../plugin/src/mirror/mirror';
import { openMirror, sequencePath } from '../../plugin/src/mirror/mirror';
import { applyTransaction, sealStage } from '../../plugin/src/mirror/seal-transaction/seal-transaction';
import { baseOf, openSealedChain } from '../../plugin/src/mirror/sealed-chain';
import { completenessOf } from '../../plugin/src/mirroring/completeness';
import type { BlobRecord } from '../../plugin/src/oci/blob';
import type { Digest } from '../../plugin/src/oci/digest';
import type { MirroredImage } from '../../plugin/src/oci/image';
import type { BaseChoice } from '../../plugin/src/sequence/intent';
import { renderSequenceIntent } from '../../plugin/src/sequence/intent';
import { imageSetOf } from '../../testing/images/image-set';
import { diceFrom } from '../../testing/lab/random';
import type { Content } from './image-content';
import { imagesOf, startContent } from './image-content';
import { workingDirFiles } from './working-dir-files';
import type { ArchivePiece, ExtraFile } from './write-archive';
import { writeArchive } from './write-archive';

export interface MirrorPlan {
  readonly seed: number;
  readonly sequences: number;
  /** New ones, in each sequence. */
  readonly images: number;
  /** How many layers an image has, besides the one that all share. */
  readonly layers: number;
  readonly layerBytes: number;
  /** The most bytes that one archive file has. A sequence has as many files as it needs. */
  readonly archiveBytes: number;
}

export interface SealedMirror {
  readonly plan: MirrorPlan;
  /** The workspace's folder; all is below it. */
  readonly root: string;
  readonly location: MirrorLocation;
  readonly mirror: Mirror;
  readonly sequences: readonly SealedSequence[];
  /** All that a sequence's images consist of, whichever sequence brought it. */
  blobsOf(sequence: SealedSequence): ReadonlyMap<Digest, BlobRecord>;
  remove(): Promise<void>;
}

export interface SealedSequence {
  readonly number: number;
  readonly folder: string;
  /** Absolute. */
  readonly path: string;
  readonly base: BaseChoice;
  readonly images: readonly MirroredImage[];
  readonly archives: readonly SealedArchive[];
}

export interface SealedArchive {
  readonly name: string;
  /** In the sequence's folder; a hard link of the store's. */
  readonly path: string;
  readonly bytes: number;
  /** All of its bytes, in their order, and what each belongs to. */
  readonly pieces: readonly ArchivePiece[];
}

export async function buildSealedMirror(plan: MirrorPlan): Promise<SealedMirror> {
  const outer = await mkdtemp(
    join(existsSync('/dev/shm') && totalBytes(plan) < 2 ** 28 ? '/dev/shm' : tmpdir(), 'seqmirror-faults-'),
  );
  const root = join(outer, 'workspace');
  await mkdir(join(root, 'mirror/content'), { recursive: true });
  await writeFile(join(root, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: faults\nengine: embedded\n');
  const env = { HOME: join(outer, 'home'), SEQMIRROR_DATA_DIR: join(outer, 'data') };
  const location: MirrorLocation = { workspaceRoot: root, mirrorRoot: 'mirror', name: 'mirror', env };
  const mirror = await openMirror(location);
  const content = startContent(plan);
  const sequences: SealedSequence[] = [];
  for (let number = 1; number <= plan.sequences; number += 1)
    sequences.push(await sealOne(mirror, plan, number, content));
  return {
    plan,
    root,
    location,
    mirror,
    sequences,
    blobsOf: ({ images }) => content.needed(images),
    remove: () => rm(outer, { recursive: true, force: true }),
  };
}

function totalBytes({ sequences, images, layers, layerBytes }: MirrorPlan): number {
  return sequences * images * layers * layerBytes;
}

async function sealOne(mirror: Mirror, plan: MirrorPlan, number: number, content: Content): Promise<SealedSequence> {
  const dice = diceFrom(plan.seed, 'sequence', number);
  const folder = `seq${number}-${number === 1 ? 'baseline' : `add-${number}`}`;
  const path = sequencePath(mirror, folder);
  const base = baseOfSequence(number);
  const images = await imagesOf(content, number);
  await mkdir(path, { recursive: true });
  const named = images.filter(({ attachedTo }) => attachedTo === undefined);
  const config = imageSetOf(named.map(({ source }) => source));
  await writeFile(join(path, 'imageset-config.yaml'), config);
  const intent = { schema: 'seqmirror/v1' as const, description: `step ${number}`, base };
  await writeFile(join(path, 'sequence.yaml'), renderSequenceIntent(intent));

  const { sequences: before } = await openSealedChain(mirror, { upTo: number - 1, trust: 'proven' });
  const held = baseOf(number, base, before);
  const own = [...content.needed(images).values()].filter(({ digest }) => !held.blobs.has(digest));
  // In the first always, so that every mirror has some.
  const extras = number === 1 || dice.once(2) ? workingDirFiles(dice, config) : [];
  const stage = sealStage(mirror.data, folder);
  const archives = await stageArchives(stage.archives, {
    own,
    images,
    extras,
    plan,
    content,
    first: dice.once(2),
  });

  const verified = await verifyArchives(
    archives.map(({ staged }) => staged),
    { hash: 'blobs and files' },
  );
  const { closure, lacking } = completenessOf({
    images,
    archived: verified,
    base: held.blobs,
    linksInBase: () => false,
  });
  const errors = verified.findings.filter(({ severity }) => severity === 'error');
  if (lacking.length + errors.length > 0)
    throw new Error(`${folder} is not whole: ${JSON.stringify([lacking, errors])}`);
  const document = requireImageSet(config, 'imageset-config.yaml');
  const { metadata, texts } = buildRecords({
    number,
    intent,
    config: document.config,
    pinnedConfig: imageSetOf(named.map(({ source, digest }) => `${source.replace(/:[^:/]+$/, '')}@${digest}`)),
    before,
    base: held,
    images,
    closure,
    blobs: verified.blobs,
    archives: verified.archives.map(recordedArchive),
    provenance: {
      seqmirror: '0.1.0',
      engine: 'embedded',
      engine_version: 'embedded 0.1.0',
      config_sha256: configSha256(document.config),
      tls_verified: true,
      substitutions: [],
    },
    now: new Date(Date.UTC(2026, 10, number, 6, 8, 52)),
  });
  await applyTransaction(mirror, {
    origin: 'mirrored',
    folder,
    metadata,
    texts,
    archivesFrom: stage.archives,
    frames: [],
  });
  return {
    number,
    folder,
    path,
    base,
    images,
    archives: archives.map(({ staged: _, ...archive }) => ({ ...archive, path: join(path, archive.name) })),
  };
}

/** A second baseline, and later one that leaves out a sequence, so that not all depend on the first. */
function baseOfSequence(number: number): BaseChoice {
  if (number === 3) return 'none';
  return number === 6 ? 'seq4' : 'previous';
}

interface Staging {
  readonly own: readonly { readonly digest: MirroredImage['digest']; readonly bytes: number }[];
  readonly images: readonly MirroredImage[];
  /** What oc-mirror adds for itself; before what the registry needs, or behind it. */
  readonly extras: readonly ExtraFile[];
  readonly first: boolean;
  readonly plan: MirrorPlan;
  readonly content: Content;
}

async function stageArchives(folder: string, { own, images, extras, first, plan, content }: Staging) {
  await mkdir(folder, { recursive: true });
  const links = linksOf(images, content.records());
  const { archives } = planArchives({ blobs: own, links, archiveSizeBytes: plan.archiveBytes });
  const staged = [];
  for (const [at, { name, entries }] of archives.entries()) {
    const isPlace = first ? at === 0 : at === archives.length - 1;
    const added = isPlace ? extras : [];
    const path = join(folder, name);
    const written = await writeArchive(
      path,
      { before: first ? added : [], entries, after: first ? [] : added },
      content.bytesOf,
    );
    staged.push({ name, staged: path, ...written });
  }
  return staged;
}

function recordedArchive({
  name,
  bytes,
  sha256,
  frameSha256,
}: {
  name: string;
  bytes: number;
  sha256: string;
  frameSha256: string;
}) {
  return { name, bytes, sha256, frame_sha256: frameSha256 };
}
