/** Writes the volumes of a plan into folders, and leaves those that are whole already as they are. */
import { join } from 'node:path';
import type { HashPool } from '../../archive/hashing/hashing';
import { bundleEnvFile } from '../../bundle-format/bundle-env';
import { statementFile, statementSignatures } from '../../bundle-format/bundle-statement';
import { bundleFileName } from '../../bundle-format/bundle-yaml';
import { isLeftOver, sweepLeftOver } from '../../system/atomic-file';
import { sumOfBytes } from '../../system/byte-size';
import { makeFolder } from '../../system/change-folder';
import { counted } from '../../system/counted';
import { freeBytes } from '../../system/disk';
import { namesIn } from '../../system/files';
import { below, readableRoot } from '../../system/path-below';
import { bundleOptionsContradict, outputNotWritable, outputTaken } from '../errors';
import { readmeFile } from '../own-files';
import type { BundlePlan } from '../plan';
import { bytesOfVolumes, filesOf, labelOf } from '../plan';
import { journalFile, openJournal, removeJournal } from './journal';
import { removeStatement } from './statement';
import { folderTarget } from './target';
import { verifyVolume, volumeAsPlanned } from './verify-volume';
import type { VolumeImage } from './image';
import { imageProgram, writeImage } from './image';
import type { WriteRun, WrittenVolume } from './write-volume';
import { keepVolume, signatureFile, splitSums, sumsFile, writeVolume } from './write-volume';
import { writtenVolumes } from './written-volumes';

export interface WrittenBundle {
  readonly volumes: readonly (WrittenVolume & {
    readonly label: string;
    readonly path: string;
    /** Whether the volume was already complete. */
    readonly kept: boolean;
    /** Missing if no image was asked for. */
    readonly image?: VolumeImage | undefined;
  })[];
  readonly verified: boolean;
  /** The time at which the bundle was made; the same on every volume. */
  readonly made: string;
}

export interface VolumesRun extends WriteRun {
  /** The volume; if several are written, the folder of their folders. An absolute path. */
  readonly root: string;
  readonly made: string;
  /** Only this one. */
  readonly volume?: number | undefined;
  readonly verify: boolean;
  /** Make an image of each volume. */
  readonly image?: 'iso' | undefined;
  /** Where programs are found. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly pool: HashPool;
}

/** The volumes to write. @throws SEQ0674 for one that does not exist, and for several on standard output */
export function chosenVolumes(
  { layout: { volumes } }: BundlePlan,
  { volume, output }: { volume?: number | undefined; output?: string | undefined },
): BundlePlan['layout']['volumes'] {
  const chosen = volume === undefined ? volumes : volumes.filter(({ number }) => number === volume);
  if (chosen.length === 0)
    throw bundleOptionsContradict({
      what: `There is no volume ${volume}: the bundle has ${counted(volumes.length, 'volume')}`,
      next:
        volumes.length === 1
          ? 'Leave out --volume, or give a number that exists'
          : `Give a number from --volume=1 to --volume=${volumes.length}`,
    });
  if (output === '-' && chosen.length !== 1)
    throw bundleOptionsContradict({
      what: `Only one volume can be written to standard output, but the bundle has ${chosen.length}`,
      next: 'Choose one volume with --volume=<number>, or give a file with --output',
    });
  return chosen;
}

/** @throws SEQ0675 for a folder that holds something else, SEQ0701 when it is too small */
export async function writeVolumes(plan: BundlePlan, options: VolumesRun): Promise<WrittenBundle> {
  const { progress, signal, link, verify, image, root, pool, data } = options;
  const chosen = chosenVolumes(plan, options);
  const program = image === undefined ? undefined : await imageProgram(options.env);
  const pathOf = (number: number): string =>
    chosen.length === 1 && image === undefined ? root : join(root, labelOf(plan, number));
  await Promise.all(chosen.map(({ number }) => refuseOthers(pathOf(number), plan)));
  const ours = await writtenVolumes(data);
  const kept = new Map<number, WrittenVolume>();
  let made = options.made;
  for (const { number } of chosen) {
    const found = await volumeAsPlanned(pathOf(number), plan, { number, pool, signal });
    if (found === undefined || (options.sign !== undefined && !ours.includes(found.written.sha256))) continue;
    kept.set(number, found.written);
    made = found.made;
  }
  const open = chosen.filter(({ number }) => !kept.has(number));
  if (!link)
    await ensureSpace(
      root,
      open.flatMap(({ number }) => filesOf(plan, number)),
    );
  progress.step('write');
  progress.total(bytesOfVolumes(open));
  const splits = open.length === 0 ? new Map<string, string>() : await splitSums(plan, options);
  const volumes: WrittenBundle['volumes'][number][] = [];
  for (const { number } of chosen) {
    const path = pathOf(number);
    const label = labelOf(plan, number);
    const before = kept.get(number);
    if (before !== undefined) {
      await removeJournal(path);
      await keepVolume(plan, path, folderTarget(path), { ...options, made });
      volumes.push({ ...before, label, path, kept: true });
      continue;
    }
    const medium = below(readableRoot(root), path);
    await makeFolder(medium);
    for (const folder of [medium, below(medium.root, path, 'archives')]) await sweepLeftOver(folder, isLeftOfBundle);
    const journal = await openJournal(path, { plan: plan.sha256, made, keyFile: data.keyFile }, { pool, signal });
    made = journal.made;
    await removeStatement(path);
    const written = await writeVolume(plan, number, folderTarget(path), { ...options, made, splits, journal });
    volumes.push({ ...written, label, path, kept: false });
  }
  progress.done(`${counted(volumes.length, 'volume')}, every byte hashed before it was written`);
  if (verify) {
    progress.step('verify');
    progress.total(sumOfBytes(volumes));
    for (const { path } of volumes) await verifyVolume(path, { pool, signal, progress });
    progress.done('read back: every file is what was written');
  }
  if (program === undefined) return { volumes, verified: verify, made };
  progress.step('image');
  progress.total(sumOfBytes(volumes));
  const withImages: WrittenBundle['volumes'][number][] = [];
  for (const volume of volumes) {
    const { path: folder, label } = volume;
    const run = { program, medium: plan.medium, progress, signal };
    withImages.push({ ...volume, image: await writeImage({ folder, root, label }, run) });
  }
  progress.done(`${counted(volumes.length, 'image')}, every file in it read back`);
  return { volumes: withImages, verified: verify, made };
}

/** What a killed run left behind, of this version or an earlier one. */
function isLeftOfBundle(name: string): boolean {
  return isLeftOver(name) || name === '.seqmirror-writing' || name === `.${journalFile}.tmp`;
}

/** Refuses a folder that is neither empty nor holds this bundle. */
async function refuseOthers(path: string, plan: BundlePlan): Promise<void> {
  const names = await namesIn(path);
  const own = new Set([journalFile, 'lost+found', 'System Volume Information', '.Trashes', '.Trash-0']);
  const foreign = names.filter((name) => !own.has(name) && !isLeftOfBundle(name));
  if (foreign.length === 0) return;
  const labels = new Set(plan.layout.volumes.map(({ number }) => labelOf(plan, number)));
  if (foreign.every((name) => labels.has(name))) return;
  const tops = new Set(
    plan.layout.volumes.flatMap(({ number }) => filesOf(plan, number)).map(({ path: file }) => file.split('/')[0]),
  );
  for (const name of [bundleEnvFile, bundleFileName, readmeFile, sumsFile, signatureFile, statementFile, 'parts'])
    tops.add(name);
  for (const name of statementSignatures) tops.add(name);
  const others = foreign.filter((name) => !tops.has(name));
  const archives = await namesIn(join(path, 'archives'));
  const planned = new Set(
    plan.layout.volumes.flatMap(({ archives: files }) => files.map(({ path: file }) => file.split('/').at(-1))),
  );
  const strangers = archives
    .filter((name) => !isLeftOfBundle(name) && !planned.has(name))
    .map((name) => `archives/${name}`);
  if (others.length + strangers.length > 0) throw outputTaken({ output: path, found: [...others, ...strangers] });
}

async function ensureSpace(root: string, files: readonly { bytes: number }[]): Promise<void> {
  const needed = files.reduce((sum, { bytes }) => sum + bytes + 4096, 256 * 1024);
  const free = await freeBytes(root);
  if (needed > free) throw outputNotWritable({ output: root, needed, free });
}
