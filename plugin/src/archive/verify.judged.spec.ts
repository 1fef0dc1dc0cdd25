import { execFileSync } from 'node:child_process';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { readArchiveIndex } from './archive-index';
import { anImage, digestOf, fileOf, inTemporaryFolder, rawTar, writeArchives } from './archive.fixture';
import { startHashPool } from './hashing/hashing';
import { blobEntryName, revisionLinkName, tagLinkName } from './names';
import { verifyArchives } from './verify';

// Larger than the pieces in which archives are read.
const image = anImage({ layers: ['a', 'b'.repeat(3_000_000), ''] });

describe('verifyArchives', () => {
  it('computes the sha256 of each file as sha256sum does, every blob, and what manifests refer to', () =>
    inTemporaryFolder(async (folder) => {
      const { paths, archives: planned, bytes } = await writeArchives(folder, image, { archiveSizeBytes: 3_010_000 });
      const read: number[] = [];
      const { archives, blobs, links, findings } = await verifyArchives(paths, {
        hash: 'blobs and files',
        progress: (more) => read.push(more),
      });
      expect(findings).toEqual([]);
      expect(archives.map(({ name, path, bytes, sha256 }) => ({ name, path, bytes, sha256 }))).toEqual(
        planned.map((archive, number) => ({
          name: archive.name,
          path: paths[number],
          bytes: archive.bytes,
          sha256: execFileSync('sha256sum', [paths[number] as string], { encoding: 'utf8' }).slice(0, 64),
        })),
      );
      expect(read.reduce((sum, more) => sum + more, 0)).toBe(bytes);
      expect(blobs.map(({ digest }) => digest)).toEqual([...image.blobs.keys()].sort());
      expect(blobs.filter(({ refs }) => refs !== undefined)).toEqual([
        expect.objectContaining({ digest: image.root, mediaType: 'application/vnd.oci.image.manifest.v1+json' }),
      ]);
      expect(links).toHaveLength(image.links.length);
    }));

  it('finds every blob with a flipped bit, says where, and counts none of them', () =>
    inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, image);
      const [path] = paths as [string];
      const { blobs } = await readArchiveIndex(path);
      const damaged = [...blobs].filter(([, place]) => place.bytes > 0).slice(0, 2);
      const file = await open(path, 'r+');
      for (const [, { offset }] of damaged) await file.write(Buffer.from([0]), 0, 1, offset);
      await file.close();
      const verified = await verifyArchives(paths, { hash: 'blobs' });
      expect(verified.findings.map(({ code, what }) => [code, what])).toEqual(
        damaged.map(([digest]) => [
          'SEQ0301',
          `mirror_000001.tar is damaged: the content of the blob ${digest} does not match its digest`,
        ]),
      );
      expect(verified.blobs).toHaveLength(blobs.size - 2);
      expect(verified.damaged).toEqual(
        damaged.map(([digest, place]) => ({
          archive: 'mirror_000001.tar',
          digest,
          ...place,
          actual: expect.stringMatching(/^sha256:/),
        })),
      );
    }));

  it('reports a cut archive and still checks the others', () =>
    inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, image, { archiveSizeBytes: 3_010_000 });
      expect(paths.length).toBeGreaterThan(1);
      await truncate(paths[0] as string, 1024);
      const { archives, findings } = await verifyArchives(paths, { hash: 'blobs' });
      expect(findings.map(({ code }) => code)).toEqual(['SEQ0304']);
      expect(archives).toHaveLength(paths.length - 1);
    }));

  it('takes the children of an index for manifests, although no link names them', () =>
    inTemporaryFolder(async (folder) => {
      const child = [...image.blobs].find(([digest]) => digest === image.root)?.[1] as Buffer;
      const mediaType = 'application/vnd.oci.image.index.v1+json';
      const manifests = [
        { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: image.root, size: child.length },
      ];
      const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
      const tag = { name: tagLinkName('lab/app', 'v1'), digest: digestOf(index) };
      const { paths } = await writeArchives(folder, {
        blobs: new Map([...image.blobs, [tag.digest, index]]),
        links: [tag],
      });
      const { blobs, findings } = await verifyArchives(paths, { hash: 'blobs' });
      expect(findings).toEqual([]);
      expect(blobs.find(({ digest }) => digest === tag.digest)?.refs).toEqual([image.root]);
      expect(blobs.find(({ digest }) => digest === image.root)?.refs).toHaveLength(4);
    }));

  it('finds a revision that is not a manifest', () =>
    inTemporaryFolder(async (folder) => {
      const digest = digestOf('{}');
      const tar = rawTar([
        { header: { path: revisionLinkName('lab/app', digest) }, body: digest },
        { header: { path: blobEntryName(digest) }, body: '{}' },
      ]);
      const { findings } = await verifyArchives([await fileOf(folder, tar)], { hash: 'blobs' });
      expect(findings).toEqual([expect.objectContaining({ code: 'SEQ0309' })]);
    }));

  it('finds a tag with different digests in two archives, and takes the last, as unpacking does', () =>
    inTemporaryFolder(async (folder) => {
      const name = tagLinkName('lab/app', 'v1');
      const paths = await Promise.all(
        ['a', 'b'].map((text) =>
          fileOf(folder, rawTar([{ header: { path: name }, body: digestOf(text) }]), `${text}.tar`),
        ),
      );
      const { findings, links } = await verifyArchives(paths, { hash: 'blobs' });
      expect(findings).toEqual([expect.objectContaining({ code: 'SEQ0310' })]);
      expect(links.map(({ target }) => target)).toEqual([digestOf('b')]);
    }));

  it('finds an index that gives a wrong size, and warns of keys in other capitals', () =>
    inTemporaryFolder(async (folder) => {
      const type = (kind: string) => `application/vnd.oci.image.${kind}.v1+json`;
      const child = JSON.stringify({ schemaVersion: 2, mediaType: type('index'), Manifests: [] });
      const parts = [{ mediaType: type('index'), digest: digestOf(child), size: 1 }];
      const index = JSON.stringify({ schemaVersion: 2, mediaType: type('index'), manifests: parts });
      const tar = rawTar([
        { header: { path: revisionLinkName('lab/app', digestOf(index)) }, body: digestOf(index) },
        ...[child, index].map((body) => ({ header: { path: blobEntryName(digestOf(body)) }, body })),
      ]);
      const { findings } = await verifyArchives([await fileOf(folder, tar)], { hash: 'blobs' });
      expect(findings).toEqual([
        expect.objectContaining({ code: 'SEQ0337', severity: 'error' }),
        expect.objectContaining({ code: 'SEQ0338', severity: 'warning', what: expect.stringContaining('Manifests') }),
      ]);
    }));

  it('finds a file that two archives have in different sizes, of which oc-mirror 4.19 would unpack a mixture', () =>
    inTemporaryFolder(async (folder) => {
      const file = (body: string) => rawTar([{ header: { path: 'working-dir/x' }, body }]);
      const first = await fileOf(folder, file('a longer one'), 'a.tar');
      const second = await fileOf(folder, file('short'), 'b.tar');
      const { findings } = await verifyArchives([first, second], { hash: 'blobs' });
      expect(findings).toEqual([expect.objectContaining({ code: 'SEQ0310' })]);
      expect((await verifyArchives([first, first], { hash: 'blobs' })).findings).toEqual([]);
    }));

  it('finds a change anywhere outside blobs in the hash of the frame', () =>
    inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, image);
      const [path] = paths as [string];
      const pool = startHashPool();
      try {
        const [before] = (await verifyArchives(paths, { hash: 'blobs', pool })).archives;
        expect(before?.sha256).toBeUndefined();
        // The end of the file's padding, which is otherwise only checked to be zero.
        const last = await readFile(path);
        await writeFile(path, Buffer.concat([last, Buffer.alloc(512)]));
        const { archives, findings } = await verifyArchives(paths, { hash: 'blobs', pool });
        expect(findings).toEqual([]);
        expect(archives[0]?.frameSha256).not.toBe(before?.frameSha256);
      } finally {
        await pool.close();
      }
    }));

  it('stops on its signal', () =>
    inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, image);
      const signal = AbortSignal.abort(new Error('stop'));
      await expect(verifyArchives(paths, { hash: 'blobs', signal })).rejects.toThrow('stop');
    }));
});
