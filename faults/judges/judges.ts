/** What other programs say of a disk with sequences: sha256sum, tar, and skopeo out of Debian's docker-registry. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { mapConcurrently } from '../../plugin/src/system/concurrency';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo } from '../../testing/lab/debian-registry';
import type { SealedSequence } from '../damage/sealed-mirror';

const runFile = promisify(execFile);

/** Whether a program ends well. */
function succeeds(program: string, args: readonly string[], cwd: string): Promise<boolean> {
  return runFile(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 }).then(
    () => true,
    () => false,
  );
}

export function sha256sumAccepts(folder: string): Promise<boolean> {
  return succeeds('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], folder);
}

export function tarLists(archive: string): Promise<boolean> {
  return succeeds('tar', ['--list', `--file=${archive}`], '/');
}

/**
 * Whether readers get through an archive: GNU tar lists it, Go's reader (oc-mirror's) finds no wrong header or end mark,
 * and it ends with the two blocks of zeros that POSIX asks for, without which both pass over a cut between entries.
 */
export async function isReadable(archive: string): Promise<boolean> {
  return (await tarLists(archive)) && (await goReads(archive)) && (await endsWithMark(archive));
}

/** skopeo is written in Go too, and looks through all of a tar for a file that is not there. */
async function goReads(archive: string): Promise<boolean> {
  const said = await skopeo(['inspect', `docker-archive:${archive}`]).catch((error: Error) => error.message);
  return said.includes('manifest.json: file does not exist');
}

async function endsWithMark(archive: string): Promise<boolean> {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const mark = Buffer.alloc(1024, 1);
    await file.read(mark, 0, mark.length, Math.max(0, size - mark.length));
    return size % 512 === 0 && mark.every((byte) => byte === 0);
  } finally {
    await file.close();
  }
}

/** `isReadable` for the archives of a disk that does not change, each of which is read once. */
export function readableOnDisk(): (archive: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return (archive) => {
    const read = known.get(archive) ?? isReadable(archive).catch(() => false);
    known.set(archive, read);
    return read;
  };
}

/**
 * Makes the registry hold what the archives of these sequences hold, in their order, and nothing else. An archive that
 * no reader gets through is left out.
 */
export async function unpackInto(
  registry: DebianRegistry,
  {
    disk,
    sequences,
    readable,
  }: {
    readonly disk: string;
    readonly sequences: readonly SealedSequence[];
    readonly readable: (archive: string) => Promise<boolean>;
  },
): Promise<void> {
  await rm(join(registry.folder, 'docker'), { recursive: true, force: true });
  await mkdir(registry.folder, { recursive: true });
  for (const { folder, archives } of sequences) {
    for (const { name } of archives) {
      const archive = join(disk, folder, name);
      if (!(await readable(archive))) continue;
      await succeeds('tar', ['--extract', `--file=${archive}`, '--wildcards', 'docker/*'], registry.folder);
    }
  }
}

/** Files that oc-mirror would read too (its pattern has no end), and that SHA256SUMS does not list. */
export async function strayArchives(folder: string, known: readonly string[]): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /mirror_[0-9]{6}\.tar/.test(name) && !known.includes(name));
}

/**
 * Images that skopeo cannot copy whole by tag, or that become another image. Copying repairs a damaged index as far as
 * skopeo understands it, so the bytes are compared as the registry serves them.
 */
export async function notCopied(
  { host }: DebianRegistry,
  images: readonly MirroredImage[],
  scratch: string,
): Promise<Set<string>> {
  const failed = new Set<string>();
  const numbered = images.map((image, at) => ({ ...image, to: join(scratch, String(at)) }));
  await mapConcurrently(numbered, { limit: 3 }, async ({ repository, tag, digest, to }) => {
    const source = `docker://${host}/${repository}:${tag}`;
    try {
      const served = await skopeo(['inspect', '--raw', source]);
      if (`sha256:${createHash('sha256').update(served).digest('hex')}` !== digest) throw new Error('another image');
      await skopeo(['copy', '--all', source, `dir:${to}`]);
    } catch {
      failed.add(`${repository}:${tag}`);
    } finally {
      await rm(to, { recursive: true, force: true });
    }
  });
  return failed;
}
