import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSums } from './checksums';
import { checkBlobs, checkImage } from './images';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqmirror-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function blobPath(hex: string): string {
  return `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

function blob(text: string): { digest: string; size: number } {
  const hex = sha256(text);
  write(blobPath(hex), text);
  return { digest: `sha256:${hex}`, size: text.length };
}

/** An index of one image, as it lies in unpacked archives. */
function anImage(): { digest: string; layer: string } {
  const layer = blob('a layer');
  const manifest = blob(JSON.stringify({ config: blob('{}'), layers: [layer] }));
  const { digest } = blob(JSON.stringify({ manifests: [manifest] }));
  write('docker/registry/v2/repositories/ubi9/ubi/_manifests/tags/9.5/current/link', digest);
  return { digest, layer: layer.digest.slice('sha256:'.length) };
}

const name = 'ubi9/ubi:9.5';

describe('what the demo checks', () => {
  it('is content with an image that is whole', async () => {
    const { digest } = anImage();
    await checkImage(folder, name, digest);
    expect(await checkBlobs(folder)).toBe(4);
  });

  it('notices a layer that is not there', async () => {
    const { digest, layer } = anImage();
    rmSync(join(folder, blobPath(layer)));
    await expect(checkImage(folder, name, digest)).rejects.toThrow(`lacks sha256:${layer}`);
  });

  it('notices another digest than the source has', async () => {
    anImage();
    await expect(checkImage(folder, name, `sha256:${sha256('other')}`)).rejects.toThrow('at its source');
  });

  it('notices a blob that is not what its name says', async () => {
    const { layer } = anImage();
    write(blobPath(layer), 'A layer');
    await expect(checkBlobs(folder)).rejects.toThrow(layer);
  });

  it('notices an archive that is not what SHA256SUMS says', async () => {
    write('SHA256SUMS', `${sha256('sound')}  mirror_000001.tar\n`);
    write('mirror_000001.tar', 'sound');
    expect(await checkSums(folder)).toEqual(['mirror_000001.tar']);
    write('mirror_000001.tar', 'damaged');
    await expect(checkSums(folder)).rejects.toThrow('mirror_000001.tar');
  });
});
