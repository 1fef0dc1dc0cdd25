/**
 * Archives that others made, in one folder: what they hold, what was asked for, and which images that is. Adoption uses
 * the same readers as validation. Stands on archive/, release/, catalog/ and engine/, and knows no mirror.
 */
import { workingDirIn } from '../archive/working-dir';
import type { BlobRecord } from '../oci/blob';
import { hexOf } from '../oci/digest';
import type { TagDigests } from '../oci/image';
import type { Finding } from '../system/errors';
import type { ExpectedContent } from './expected-content';
import { expectedContent } from './expected-content';
import type { ReadArchives } from './foreign-archives';
import { readForeignArchives } from './foreign-archives';
import type { OriginalMetadata } from './original-metadata';
import { engineVersionOf, originalOf } from './provenance';
import type { SetConfig } from './set-config';
import { setConfig } from './set-config';
import { tagsIn } from './set-images';
import type { ShippedHistory } from './shipped-history';
import { shippedHistory } from './shipped-history';
import type { SourceFile, SourceFolder } from './source-folders';

export interface ForeignArchive {
  readonly file: SourceFile;
  readonly sha256: string;
  /** Only whole archives have it. */
  readonly frameSha256?: string | undefined;
}

export interface ForeignSet {
  readonly folder: SourceFolder;
  /** The folder's path as people know it. */
  readonly shown: string;
  readonly archives: readonly ForeignArchive[];
  /** Sound blobs. */
  readonly blobs: readonly BlobRecord[];
  /** Every tag in them, including those of other configurations. */
  readonly tags: TagDigests;
  /** What is wrong with them. */
  readonly findings: readonly Finding[];
  readonly config: SetConfig;
  readonly expected: ExpectedContent;
  /** What oc-mirror left out because it had shipped it before. */
  readonly shipped: ShippedHistory | undefined;
  readonly original: OriginalMetadata | undefined;
  readonly engineVersion: string;
  /** Notes for people about the folder, one line each. */
  readonly notes: readonly string[];
}

export interface ForeignSetOptions extends ReadArchives {
  readonly givenConfig: string | undefined;
  readonly shown: (path: string) => string;
}

/** @throws SEQ01xx, SEQ0249, SEQ0251 when there is no configuration that oc-mirror would take */
export async function readForeignSet(folder: SourceFolder, options: ForeignSetOptions): Promise<ForeignSet> {
  const { pool, signal, progress, givenConfig, shown } = options;
  const original = await originalOf(folder);
  const proven = await readForeignArchives(
    folder.archives.map(({ path }) => path),
    options,
  );
  const config = await setConfig(folder, { given: givenConfig, indexes: proven.indexes, signal, shown });
  const workingDir = workingDirIn(proven.indexes, { signal });
  const tags = tagsIn(proven.links);
  const expected = await expectedContent({ config: config.document.config, workingDir, tags });
  const archives: ForeignArchive[] = [];
  for (const file of folder.archives) {
    const whole = proven.archives.find(({ name }) => name === file.name);
    const sha256 =
      whole?.sha256 ??
      hexOf(await pool.digestOf(file.path, [{ offset: 0, bytes: file.bytes }], { signal, progress: progress.advance }));
    archives.push({ file, sha256, frameSha256: whole === undefined ? undefined : whole.frameSha256 });
  }
  return {
    folder,
    shown: shown(folder.path),
    archives,
    blobs: proven.blobs,
    tags,
    findings: proven.findings,
    config,
    expected,
    shipped: await shippedHistory(workingDir, folder.path),
    original: original.metadata,
    engineVersion: await engineVersionOf(original.metadata, workingDir),
    notes: [...original.notes, ...expected.notes],
  };
}
