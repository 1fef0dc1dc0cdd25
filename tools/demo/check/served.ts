import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skopeo, startDebianRegistry } from '../../../testing/lab/debian-registry';
import { mustHold } from '../failed';

/** docker-registry serves the unpacked archives, and skopeo copies `ubi9/ubi:9.5` with all its architectures out of them. */
export async function checkServed(folder: string, name: string, digest: string): Promise<void> {
  const registry = await startDebianRegistry({ folder, readOnly: true });
  const copy = await mkdtemp(join(tmpdir(), 'seqmirror-demo-copy-'));
  try {
    const source = `docker://${registry.host}/${name}`;
    await skopeo(['copy', '--quiet', '--all', '--preserve-digests', source, `dir:${copy}`]);
    const root = createHash('sha256')
      .update(await readFile(join(copy, 'manifest.json')))
      .digest('hex');
    mustHold(`sha256:${root}` === digest, `skopeo got sha256:${root} for ${name}, not ${digest}`);
  } finally {
    await registry.stop();
    await rm(copy, { recursive: true, force: true });
  }
}
