/**
 * The files in each sealed sequence's own folder that let a copy of it (`cp -rL`) be uploaded, with the same script as
 * a bundle: seq-upload.sh, images.txt, and last seq-upload.env, which shows that the others are ours.
 *
 *   format=seqmirror-sequence/1
 *   mirror=platform                 id of the mirror: names the site folder
 *   seal=sha256:…                   of the sequence that it belongs to
 *   images=images.txt               what the registry has afterwards: for the receipt
 *   script_sha256=…                 of the two files, for `validate`
 *   images_sha256=…
 */
import type { SequenceImages } from '../mirror/chain-images';
import { imagesBySequence } from '../mirror/chain-images';
import type { Chain, Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { readMetadataIfThere, uploadNames } from '../mirror/records';
import type { UploadFiles } from '../mirror/seal-transaction/seal-transaction';
import { hasUploadFiles, putUploadFiles } from '../mirror/seal-transaction/seal-transaction';
import { openSealedChain } from '../mirror/sealed-chain';
import type { DestinationImage } from '../push/destination-images';
import type { ChainEntry } from '../sequence/chain-lock';
import type { Seal } from '../sequence/seal';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { sha256Of } from '../system/sha256';
import { verifiedLines } from './receipt/receipt';
import { uploadScript } from './upload-script/upload-script';

/**
 * The files of a sequence with this seal, by name and in the order of writing.
 *
 * @param options.images all images of the sequence, as they are named where they arrive
 */
export async function uploadFilesOf(
  { settings }: Pick<Mirror, 'settings'>,
  { seal, images }: { readonly seal: Seal; readonly images: readonly DestinationImage[] },
): Promise<UploadFiles> {
  const script = await uploadScript();
  const list = linesOf(verifiedLines(images));
  const facts = linesOf([
    'format=seqmirror-sequence/1',
    `mirror=${settings.id}`,
    `seal=${seal}`,
    `images=${uploadNames.images}`,
    `script_sha256=${sha256Of(script)}`,
    `images_sha256=${sha256Of(list)}`,
  ]);
  return new Map([
    [uploadNames.script, script],
    [uploadNames.images, list],
    [uploadNames.facts, facts],
  ]);
}

/**
 * Writes them for sequences that lack them, such as those that 0.1.0 sealed. Existing files stay, from whichever
 * release. If records are wrong, nothing is written; other checks report that. A folder without write permission is
 * skipped, since nobody copies sequences from a checkout that is not theirs.
 *
 * @throws SEQ0702 when seq-upload.env or seq-upload.sh is there and cannot be read, and the errors of writing
 */
export async function writeUploadFiles(mirror: Mirror): Promise<void> {
  const chain = await readChain(mirror);
  const lacking: ChainEntry[] = [];
  for (const entry of chain.lock.entries) {
    const { state, folder, seal } = entry;
    if (state === 'sealed' && !(await hasUploadFiles(mirror, folder, seal))) lacking.push(entry);
  }
  for (const { folder, seal, images } of await imagesOf(mirror, chain, lacking)) {
    const texts = await uploadFilesOf(mirror, { seal, images });
    await putUploadFiles(mirror, folder, { seal, texts }).catch((error) => {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(error) ?? '')) throw error;
    });
  }
}

type SealedImages = Pick<ChainEntry, 'folder' | 'seal'> & Pick<SequenceImages, 'images'>;

/** The entries whose records fit their seal; empty if a record up to the last of them is wrong. */
async function imagesOf(mirror: Mirror, chain: Chain, entries: readonly ChainEntry[]): Promise<SealedImages[]> {
  try {
    const recorded: ChainEntry[] = [];
    for (const entry of entries)
      if ((await readMetadataIfThere(mirror, entry.folder))?.seal === entry.seal) recorded.push(entry);
    const last = Math.max(0, ...recorded.map(({ number }) => number));
    const { sequences } = await openSealedChain(mirror, { chain, upTo: last, trust: 'as recorded' });
    const all = await imagesBySequence(mirror, sequences);
    return recorded.flatMap(({ folder, seal }) =>
      all.filter((each) => each.folder === folder).map(({ images }) => ({ folder, seal, images })),
    );
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return [];
  }
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
