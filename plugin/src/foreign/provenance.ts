/** Who made a set, according to the original script's notes and what oc-mirror packed. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { WorkingDir } from '../archive/working-dir';
import { versionFromGit } from '../engine/engine-version';
import { isSeqmirrorError } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import { readForeignText } from './foreign-text';
import type { OriginalMetadata } from './original-metadata';
import { ocMirrorVersionIn, originalMetadataByteLimit, readOriginalMetadata } from './original-metadata';
import type { SourceFolder } from './source-folders';

/** The original script's notes in a folder; nothing depends on them. */
export async function originalOf(
  folder: SourceFolder,
): Promise<{ metadata: OriginalMetadata | undefined; notes: readonly string[] }> {
  const path = join(folder.path, 'seq-metadata.yaml');
  try {
    const text = await readForeignText(path, { limit: originalMetadataByteLimit });
    if (text === undefined) return { metadata: undefined, notes: [] };
    const { metadata, trouble } = readOriginalMetadata(text);
    if (trouble === undefined) return { metadata, notes: [] };
    const outcome = metadata === undefined ? 'it was ignored' : 'it was read line by line';
    return { metadata, notes: [`its ${basename(path)} is not YAML (${trouble}), so ${outcome}`] };
  } catch (error) {
    // Nothing depends on it.
    if (!isSeqmirrorError(error)) throw error;
    return { metadata: undefined, notes: [`its ${basename(path)} was ignored: ${error.why ?? error.what}`] };
  }
}

const PackedVersion = z.object({ gitVersion: z.string().min(1).max(200) });

/** The version of the oc-mirror that made the archives; `unknown` if nothing says so. */
export async function engineVersionOf(original: OriginalMetadata | undefined, workingDir: WorkingDir): Promise<string> {
  const packed = await workingDir.text('internal/oc-mirror-version.json', { limit: 64 * 1024 });
  const version =
    ocMirrorVersionIn(original?.oc_mirror_version) ??
    PackedVersion.safeParse(valueOfJson(packed ?? '')).data?.gitVersion;
  return version === undefined ? 'unknown' : versionFromGit(version).trim() || 'unknown';
}
