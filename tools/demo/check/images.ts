/**
 * Reads unpacked archives as a registry does (CNCF distribution's storage layout), with nothing of seqmirror's own code:
 * from a tag by its link to a manifest, and by what that names to every blob beneath it.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mustHold } from '../failed';
import { sha256OfFile } from './checksums';

/** Every blob is what its path says. Gives how many there are. */
export async function checkBlobs(folder: string): Promise<number> {
  const sha256 = join(folder, 'docker/registry/v2/blobs/sha256');
  let count = 0;
  for (const prefix of await readdir(sha256)) {
    for (const hex of await readdir(join(sha256, prefix))) {
      const actual = await sha256OfFile(join(sha256, prefix, hex, 'data'));
      mustHold(actual === hex, `the blob sha256:${hex} hashes to ${actual}`);
      count += 1;
    }
  }
  return count;
}

/** The image is there under its repository and tag (`ubi9/ubi:9.5`), whole, with the digest that its source has. */
export async function checkImage(folder: string, name: string, digest: string): Promise<void> {
  const [repository = '', tag = ''] = name.split(':');
  const link = join(folder, 'docker/registry/v2/repositories', repository, '_manifests/tags', tag, 'current/link');
  const found = await readFile(link, 'utf8');
  mustHold(found === digest, `${name} is ${found}, and ${digest} at its source`);
  await checkManifest(folder, name, digest);
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

async function checkManifest(folder: string, name: string, digest: string): Promise<void> {
  const manifest = JSON.parse(await readFile(blobFile(folder, digest), 'utf8')) as Manifest;
  const { config, layers = [], manifests = [] } = manifest;
  for (const part of [...(config === undefined ? [] : [config]), ...layers, ...manifests]) {
    const bytes = await stat(blobFile(folder, part.digest)).then(
      ({ size }) => size,
      () => undefined,
    );
    mustHold(bytes === part.size, `${name} lacks ${part.digest}`);
  }
  for (const child of manifests) await checkManifest(folder, name, child.digest);
}

function blobFile(folder: string, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
}
