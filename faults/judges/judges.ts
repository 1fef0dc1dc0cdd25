/** What other programs say of a disk with sequences: sha256sum, tar, and skopeo out of Debian's docker-registry. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MirroredImage } from '../../plugin/src/engine/engine';
import { skopeo } from '../../tools/lab/debian-registry';
import type { DebianRegistry } from '../../tools/lab/debian-registry';
import { mapConcurrently } from '../../plugin/src/system/concurrency';
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
 * Whether a reader gets through an archive: tar lists it, and it ends with the two blocks of zeros that POSIX asks for.
 * GNU tar passes over a wrong end mark; Go's reader, and so oc-mirror, stops there with an error.
 */
export async function isReadable(archive: string): Promise<boolean> {
  return (await tarLists(archive)) && (await endsWithMark(archive));
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

/**
 * Makes the registry hold what the archives of these sequences hold, in their order, and nothing else. An archive that
 * no reader gets through is left out.
 */
export async function unpackInto(
  registry: DebianRegistry,
  disk: string,
  sequences: readonly SealedSequence[],
): Promise<void> {
  await rm(join(registry.folder, 'docker'), { recursive: true, force: true });
  await mkdir(registry.folder, { recursive: true });
  for (const { folder, archives } of sequences) {
    for (const { name } of archives) {
      const archive = join(disk, folder, name);
      if (!(await isReadable(archive).catch(() => false))) continue;
      await succeeds('tar', ['--extract', `--file=${archive}`, '--wildcards', 'docker/*'], registry.folder);
    }
  }
}

/** Images that skopeo cannot copy whole, by tag, or that are another image then. */
export async function notCopied(
  registry: DebianRegistry,
  images: readonly MirroredImage[],
  scratch: string,
): Promise<Set<string>> {
  const failed = new Set<string>();
  await mapConcurrently(
    images.map((image, at) => ({ image, at })),
    { limit: 3 },
    async ({ image, at }) => {
      const { repository, tag, digest } = image;
      const to = join(scratch, String(at));
      const isWhole = await skopeo([
        'copy',
        '--all',
        `docker://${registry.host}/${repository}:${tag}`,
        `dir:${to}`,
      ]).then(
        async () =>
          digest ===
          `sha256:${createHash('sha256')
            .update(await readFile(join(to, 'manifest.json')))
            .digest('hex')}`,
        () => false,
      );
      if (!isWhole) failed.add(`${repository}:${tag}`);
      await rm(to, { recursive: true, force: true });
    },
  );
  return failed;
}
