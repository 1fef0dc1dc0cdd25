import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Digest } from '../../oci/digest';
import { hexOf } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { cacheIsEmpty, readCacheTags, registryFolder } from './cache';
import { attachedSignatures, resolveListed } from './image-set';

const digest = (character: string): Digest => `sha256:${character.repeat(64)}` as Digest;

describe('images in a cache', () => {
  let cacheFolder: string;
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'seqmirror-'));
  });
  afterEach(() => rm(cacheFolder, { recursive: true }));

  async function write(path: string, text: string): Promise<void> {
    const file = join(cacheFolder, registryFolder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const tag = (place: string, text: string): Promise<void> => {
    const [repository, name] = place.split(':') as [string, string];
    return write(`repositories/${repository}/_manifests/tags/${name}/current/link`, text);
  };
  const manifest = (name: Digest, value: unknown): Promise<void> =>
    write(`blobs/sha256/${hexOf(name).slice(0, 2)}/${hexOf(name)}/data`, JSON.stringify(value));

  it('finds tags in repositories of any depth and ignores half-written ones', async () => {
    await tag('ubi9/ubi:9.5', digest('a'));
    await tag('ubi9/ubi/deeper:1', digest('b'));
    await tag('ubi9/ubi:broken', '');
    await write('repositories/ubi9/ubi/_uploads/1/startedat', 'x');
    expect([...(await readCacheTags(cacheFolder))].sort()).toEqual([
      ['ubi9/ubi/deeper:1', digest('b')],
      ['ubi9/ubi:9.5', digest('a')],
    ]);
  });

  it('knows an empty cache', async () => {
    expect(await cacheIsEmpty(cacheFolder)).toBe(true);
    await manifest(digest('a'), {});
    expect(await cacheIsEmpty(cacheFolder)).toBe(false);
  });

  it('gives listed images the digest of their tag, and names those without', async () => {
    const listed = ['9.5', '9.6'].map((name) => ({
      kind: 'additional' as const,
      source: `registry.redhat.io/ubi9/ubi:${name}`,
      repository: 'ubi9/ubi',
      tag: name,
    }));
    const { images, missing } = resolveListed(listed, new Map([['ubi9/ubi:9.5', digest('a')]]));
    expect(images).toEqual([{ ...listed[0], digest: digest('a') }]);
    expect(missing).toEqual([listed[1]]);
  });

  it('finds signatures of roots and of manifests in an index, only in the same repository', async () => {
    await manifest(digest('a'), { manifests: [{ digest: digest('1') }, { digest: digest('2') }] });
    const image: MirroredImage = {
      kind: 'operator',
      source: 'registry.redhat.io/a/b:1',
      digest: digest('a'),
      repository: 'a/b',
      tag: '1',
    };
    const signatureTag = (of: Digest): string => `sha256-${hexOf(of)}.sig`;
    const tags = new Map([
      [`a/b:${signatureTag(digest('a'))}`, digest('b')],
      [`a/b:${signatureTag(digest('2'))}`, digest('c')],
      [`a/c:${signatureTag(digest('1'))}`, digest('d')],
    ]);
    expect(await attachedSignatures([image], { tags, cacheFolder })).toEqual([
      {
        ...image,
        source: `registry.redhat.io/a/b:${signatureTag(digest('a'))}`,
        tag: signatureTag(digest('a')),
        digest: digest('b'),
        attachedTo: digest('a'),
      },
      {
        ...image,
        source: `registry.redhat.io/a/b:${signatureTag(digest('2'))}`,
        tag: signatureTag(digest('2')),
        digest: digest('c'),
        attachedTo: digest('2'),
      },
    ]);
  });
});
