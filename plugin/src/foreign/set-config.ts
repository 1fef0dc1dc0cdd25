/** The imageset configuration that a folder's archives were made with. */
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ArchiveIndex } from '../archive/archive-index';
import { readEntry } from '../archive/read-entry';
import type { ImageSetDocument } from '../imageset/document';
import { requireImageSet } from '../imageset/document';
import { isSeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { noConfiguration } from './errors';
import { readForeignText } from './foreign-text';
import type { SourceFolder } from './source-folders';

export interface SetConfig {
  readonly document: ImageSetDocument;
  /** The name of the file that it came from. */
  readonly from: string;
  /** Where the archives contradict the folder. */
  readonly corrections: readonly string[];
}

const usualNames = ['imageset-config.yaml', 'imageset-config.yml', 'isc.yaml', 'imageset-configuration.yaml'];
const byteLimit = 1024 ** 2;

/**
 * The archives were made with the configuration that oc-mirror packed into them (`isc_<time>`), whatever a file beside
 * them says today. The file is used if both ask for the same, or if the archives have none.
 *
 * @param given a configuration that a person named; then nothing else is read
 * @throws SEQ0249 if it is missing, SEQ01xx if oc-mirror would refuse it, SEQ0251 for another kind of file
 */
export async function setConfig(
  folder: Pick<SourceFolder, 'path'>,
  {
    given,
    indexes,
    signal,
    shown,
  }: {
    given: string | undefined;
    indexes: readonly ArchiveIndex[];
    signal: AbortSignal;
    /** A path as people know it. */
    shown: (path: string) => string;
  },
): Promise<SetConfig> {
  if (given !== undefined) {
    const text = await readForeignText(given, { limit: byteLimit });
    if (text === undefined) throw noConfiguration({ source: shown(given) });
    return { document: requireImageSet(text, shown(given)), from: given, corrections: [] };
  }
  const packed = await packedConfig(indexes, signal);
  const beside = await firstFile(folder.path);
  const found = packed === undefined && beside === undefined ? await firstFile(dirname(folder.path)) : beside;
  if (found === undefined) {
    if (packed === undefined) throw noConfiguration({ source: shown(folder.path) });
    return { document: requireImageSet(packed.text, packed.name), from: packed.name, corrections: [] };
  }
  const inFolder = read(found.text, shown(found.path));
  const inArchive = packed === undefined ? undefined : read(packed.text, packed.name);
  const name = found.path.slice(dirname(found.path).length + 1);
  if (packed === undefined || inArchive?.document === undefined) {
    if (inFolder.document === undefined) throw inFolder.error;
    return { document: inFolder.document, from: name, corrections: [] };
  }
  if (isDeepStrictEqual(inFolder.document?.config, inArchive.document.config)) {
    return { document: inFolder.document ?? inArchive.document, from: name, corrections: [] };
  }
  const trouble = inFolder.document === undefined ? 'is refused by oc-mirror' : 'was edited afterwards';
  const corrections = [
    `its ${name} ${trouble}, so seqmirror uses the configuration that oc-mirror packed into the archives (${printable(packed.name)})`,
  ];
  return { document: inArchive.document, from: packed.name, corrections };
}

type Read =
  | { readonly document: ImageSetDocument; readonly error?: undefined }
  | { readonly document?: undefined; readonly error: Error };

function read(text: string, file: string): Read {
  try {
    return { document: requireImageSet(text, file) };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return { error };
  }
}

async function firstFile(folder: string): Promise<{ path: string; text: string } | undefined> {
  for (const name of usualNames) {
    const path = join(folder, name);
    const text = await readForeignText(path, { limit: byteLimit });
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** If there are several, the newest: its name is its time. */
async function packedConfig(
  indexes: readonly ArchiveIndex[],
  signal: AbortSignal,
): Promise<{ name: string; text: string } | undefined> {
  const packed = indexes
    .flatMap((index) => index.other.filter(({ name }) => /^isc_[^/]+$/.test(name)).map((entry) => ({ index, entry })))
    .sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1))
    .at(-1);
  if (packed === undefined) return undefined;
  const content = await readEntry(packed.index, packed.entry, { limit: byteLimit, signal });
  return content === undefined ? undefined : { name: packed.entry.name, text: content.toString('utf8') };
}
