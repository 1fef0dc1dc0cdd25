import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../../plugin/src/archive/archive-index';
import { anImage, writeArchives } from '../../plugin/src/archive/archive.fixture';
import { parseEntryName } from '../../plugin/src/archive/names';
import { readEntry } from '../../plugin/src/archive/read-entry';
import { slimArchive } from '../../plugin/src/archive/slim';
import type { Explanation } from '../../plugin/src/system/errors';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import { damaged, nastyText, nastyTexts } from './nasty';
import { hostileTar } from './nasty-tar';
import type { Place, Reading, Subject } from './subject';
import { textSubject } from './subject';

export function archiveSubjects(real: readonly Buffer[]): Subject[] {
  const hostile: Subject['hostile'] = (dice, place) => hostileTar(dice, place, real);
  return [
    { name: 'an archive that is indexed', hostile, read: indexed },
    { name: 'an archive that is slimmed', hostile, read: slimmed },
    textSubject('the name of an entry', (dice) => damaged(nastyText(dice), dice, nastyTexts), named),
  ];
}

/** What the engines write, small: one image, several, and what oc-mirror adds for itself. */
export async function realArchives(folder: string): Promise<Buffer[]> {
  const { readFile } = await import('node:fs/promises');
  const images = [anImage(), anImage({ repository: 'ubi9/ubi', tag: '9.5', layers: ['a'.repeat(3_000), 'b'] })];
  const all = {
    blobs: new Map(images.flatMap(({ blobs }) => [...blobs])),
    links: images.flatMap(({ links }) => links),
  };
  const archives: Buffer[] = [];
  for (const content of [...images, all]) {
    const { paths } = await writeArchives(folder, content);
    for (const path of paths) archives.push(await readFile(path));
  }
  return archives;
}

async function indexed(content: Uint8Array, { folder }: Place): Promise<Reading> {
  const path = join(folder, 'mirror_000001.tar');
  await writeFile(path, content);
  const index = await refusedOr(() => readArchiveIndex(path));
  if ('thrown' in index) return { findings: [index.thrown] };
  for (const entry of [...index.workingDir, ...index.other]) await readEntry(index, entry, { limit: 64 * 1024 });
  const taken = [...index.workingDir, ...index.other, ...index.links].map(({ name }) => name);
  const unsafe = taken.filter((name) => parseEntryName(name).kind === 'unsafe');
  if (unsafe.length > 0) throw new Error(`these names were taken: ${JSON.stringify(unsafe)}`);
  return { findings: index.findings };
}

async function slimmed(content: Uint8Array, { folder }: Place): Promise<Reading> {
  const path = join(folder, 'mirror_000001.tar');
  await writeFile(path, content);
  const index = await refusedOr(() => readArchiveIndex(path));
  if ('thrown' in index) return { findings: [index.thrown] };
  await slimArchive(path, index, { keep: (name) => name.length % 2 === 0 });
  const again = await readArchiveIndex(path);
  if (again.blobs.size !== index.blobs.size) throw new Error(`${index.blobs.size} blobs became ${again.blobs.size}`);
  return { findings: again.findings };
}

function named(name: string): Explanation[] {
  const parsed = parseEntryName(name);
  return parsed.kind === 'unsafe' ? [{ code: 'SEQ0305', what: parsed.why }] : [];
}

/** What came of work, or why it was refused. */
export async function refusedOr<T extends object>(
  work: () => T | Promise<T>,
): Promise<T | { readonly thrown: Explanation }> {
  try {
    return await work();
  } catch (error) {
    if (isSeqmirrorError(error)) return { thrown: error };
    throw error;
  }
}
