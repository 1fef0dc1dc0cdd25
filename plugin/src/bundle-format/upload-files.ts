/**
 * What lies in each sealed sequence's own folder so that a copy of it (`cp -rL`) can be uploaded from, with the same script
 * as a bundle: seq-upload.sh, images.txt, and last seq-upload.env, which says that the others are ours.
 *
 *   format=seqmirror-sequence/1
 *   mirror=platform                 id of the mirror: names the site folder
 *   seal=sha256:…                   of the sequence that it belongs to
 *   images=images.txt               what the registry has afterwards: for the receipt
 *   script_sha256=…                 of the two files, for `validate`
 *   images_sha256=…
 */
import { createHash } from 'node:crypto';
import { lstat, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesBySequence } from '../mirror/chain-images';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain, sequencePath } from '../mirror/mirror';
import { readMetadataIfThere, uploadNames } from '../mirror/records';
import { readSealedSequences } from '../mirror/sealed-chain';
import type { ChainEntry } from '../sequence/chain-lock';
import { writeFileAtomically } from '../system/atomic-file';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { readTextIfThere } from '../system/text-file';
import { verifiedLines } from './receipt/receipt';
import { uploadScript, writeUploadScript } from './upload-script/upload-script';

interface UseCaseOptions {
  readonly location: MirrorLocation;
  readonly folder?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A use case that seals; afterwards every sealed sequence has what uploads from its folder. */
export function withUploadFiles<Options extends UseCaseOptions, Rest extends unknown[], Result>(
  useCase: (options: Options, ...rest: Rest) => Promise<Result>,
): (options: Options, ...rest: Rest) => Promise<Result> {
  return async (options, ...rest) => {
    const result = await useCase(options, ...rest);
    if (options.dryRun !== true) await writeUploadFiles(await openMirror(options.location), options.folder);
    return result;
  };
}

/**
 * Writes what is missing. Whatever is there stays, of whichever release it is. Sequences whose records are wrong go
 * without it until they are mended: others say so.
 *
 * @param folder a sequence that is looked at first: when it has all, so have the others
 */
export async function writeUploadFiles(mirror: Mirror, folder?: string): Promise<void> {
  try {
    const chain = await readChain(mirror);
    const sealed = chain.lock.entries.filter(({ state }) => state === 'sealed');
    const asked = sealed.find((entry) => entry.folder === folder);
    if (asked !== undefined && (await hasUploadFiles(mirror, asked))) return;
    const lacking: ChainEntry[] = [];
    for (const entry of sealed) if (!(await hasUploadFiles(mirror, entry))) lacking.push(entry);
    const last = lacking.at(-1);
    if (last === undefined) return;
    const images = await imagesBySequence(mirror, await readSealedSequences(mirror, chain, last.number));
    for (const entry of lacking) await equip(mirror, entry, verifiedLines(images[entry.number - 1]?.images ?? []));
  } catch (error) {
    // A checkout that cannot be written is one that nobody copies sequences from.
    if (!isSeqmirrorError(error) && !['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

async function hasUploadFiles(mirror: Mirror, { folder, seal }: ChainEntry): Promise<boolean> {
  if ((await readMetadataIfThere(mirror, folder))?.seal !== seal) return true;
  const facts = (await readTextIfThere(sequencePath(mirror, folder, uploadNames.facts))) ?? '';
  if (!facts.includes(`\nseal=${seal}\n`)) return false;
  const others = [uploadNames.script, uploadNames.images].map((name) => sequencePath(mirror, folder, name));
  return (await Promise.all(others.map(isThere))).every((there) => there);
}

async function equip(mirror: Mirror, { folder, seal }: ChainEntry, lines: readonly string[]): Promise<void> {
  const path = sequencePath(mirror, folder);
  await setAside(path);
  await writeUploadScript(path);
  const images = lines.map((line) => `${line}\n`).join('');
  await writeFileAtomically(join(path, uploadNames.images), images);
  const facts = [
    'format=seqmirror-sequence/1',
    `mirror=${mirror.settings.id}`,
    `seal=${seal}`,
    `images=${uploadNames.images}`,
    `script_sha256=${sha256(await uploadScript())}`,
    `images_sha256=${sha256(images)}`,
  ];
  await writeFileAtomically(join(path, uploadNames.facts), facts.map((line) => `${line}\n`).join(''));
}

/** A folder that was adopted may have the original script's seq-upload.sh, perhaps edited. */
async function setAside(path: string): Promise<void> {
  const script = join(path, uploadNames.script);
  const theirs = join(path, 'seq-upload.original.sh');
  if ((await isThere(join(path, uploadNames.facts))) || !(await isThere(script)) || (await isThere(theirs))) return;
  if ((await readTextIfThere(script))?.startsWith('#!/bin/sh\n# seq-upload.sh: ') === true) return;
  await rename(script, theirs);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
