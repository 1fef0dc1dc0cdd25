/** What every volume has: the records of the chain up to the head, its configuration, and the files for uploading. */
import { posix } from 'node:path';
import { verifiedLines } from '../bundle-format/receipt/receipt';
import { uploadScript, uploadScriptFile } from '../bundle-format/upload-script/upload-script';
import { readCatalogTemplates } from '../cluster-resources/catalog-templates';
import { imagesBySequence } from '../mirror/chain-images';
import type { Mirror } from '../mirror/mirror';
import { chainLockName, sequencePath, inTree } from '../mirror/mirror';
import { readConfig, recordNames } from '../mirror/records';
import type { SealedSequence } from '../mirror/sealed-chain';
import { renderChainLock } from '../sequence/chain-lock';
import { isSeqmirrorError } from '../system/errors';
import { ensureNoLinkBelow, entryAt } from '../system/path-below';
import { sha256Of } from '../system/sha256';
import { pathThroughLink } from '../system/system-errors';
import { readNamedBytes } from '../system/text-file';
import type { BundleFile } from '../volumes/bundle-file';
import { uploaderFile } from './enclosed-uploader';

/** What the registry has afterwards, one line `repository:tag@digest` each: the content of a receipt. */
export const imagesFile = 'images.txt';

const carried = ['config', 'intent', 'pinned', 'metadata', 'inventory', 'sums'] as const;

/**
 * The records in Git can be restored from these: `adopt --from-bundle`.
 *
 * @param options.uploader path of seqmirror-upload.js; `undefined`: the bundle goes without it
 */
export async function bundleRecords(
  mirror: Mirror,
  sequences: readonly SealedSequence[],
  { uploader }: { uploader: string | undefined },
): Promise<BundleFile[]> {
  const head = sequences.at(-1) as SealedSequence;
  const lock = renderChainLock({ entries: sequences.map(({ entry }) => entry) });
  const files: BundleFile[] = [textFile(`chain/${chainLockName}`, lock)];
  for (const { entry } of sequences) {
    for (const name of carried.map((key) => recordNames[key])) {
      const from = sequencePath(mirror, entry.folder, name);
      const record = await recordFile(mirror, `chain/${entry.folder}/${name}`, from);
      if (record !== undefined) files.push(record);
    }
  }
  for (const name of [recordNames.config, recordNames.pinned]) {
    const record = await recordFile(mirror, name, sequencePath(mirror, head.entry.folder, name));
    if (record !== undefined) files.push(record);
  }
  files.push(...(await templatesOf(mirror, head.entry.folder)));
  const images = (await imagesBySequence(mirror, sequences)).at(-1)?.images ?? [];
  files.push(
    textFile(
      imagesFile,
      verifiedLines(images)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
  files.push({ ...textFile(uploadScriptFile, await uploadScript()), executable: true });
  if (uploader !== undefined) files.push(await constantFile(uploaderFile, uploader));
  return files;
}

/** The templates of CatalogSources that are here. The far side may have its own, and is told if it has none. */
async function templatesOf(mirror: Mirror, folder: string): Promise<BundleFile[]> {
  const { config } = await readConfig(mirror, folder);
  try {
    const templates = await readCatalogTemplates(config, sequencePath(mirror, folder));
    return [...templates].map(([name, { text }]) => textFile(posix.normalize(name), text));
  } catch (error) {
    if (isSeqmirrorError(error)) return [];
    throw error;
  }
}

export function textFile(path: string, text: string): BundleFile & { kind: 'text' } {
  return { kind: 'text', path, bytes: Buffer.byteLength(text), text };
}

async function constantFile(path: string, from: string): Promise<BundleFile> {
  const content = await readNamedBytes(from, { limit: 64 * 1024 ** 2 });
  return {
    kind: 'record',
    path,
    bytes: content.length,
    from,
    sha256: sha256Of(content),
  };
}

async function recordFile(mirror: Mirror, path: string, from: string): Promise<BundleFile | undefined> {
  ensureNoLinkBelow(inTree(mirror, from));
  const found = entryAt(from);
  if (found?.isSymbolicLink() === true) throw pathThroughLink({ link: from });
  const bytes = found?.isFile() === true ? found.size : undefined;
  return bytes === undefined ? undefined : { kind: 'record', path, bytes, from };
}
