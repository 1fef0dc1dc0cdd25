import fc from 'fast-check';
import { digestOf } from './archive.fixture';
import { archiveFileName, blobEntryName, layerLinkName, parseEntryName, revisionLinkName, tagLinkName } from './names';

const digest = digestOf('x');
const hex = digest.slice(7);
const component = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8})?$/);
const repositories = fc.array(component, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const tags = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,40}$/);

describe('names of entries', () => {
  it('are read back as they were made', () => {
    fc.assert(
      fc.property(repositories, tags, (repository, tag) => {
        fc.pre(!`${repository}${tag}`.includes('working-dir'));
        expect(parseEntryName(blobEntryName(digest))).toEqual({ kind: 'blob', digest });
        expect(parseEntryName(layerLinkName(repository, digest))).toEqual({
          kind: 'link',
          link: 'layer',
          repository,
          digest,
        });
        expect(parseEntryName(revisionLinkName(repository, digest))).toEqual({
          kind: 'link',
          link: 'revision',
          repository,
          digest,
        });
        expect(parseEntryName(tagLinkName(repository, tag))).toEqual({ kind: 'link', link: 'tag', repository, tag });
      }),
    );
  });

  it('number archives with six digits', () => {
    expect(archiveFileName(12)).toBe('mirror_000012.tar');
    expect(() => archiveFileName(0)).toThrow();
  });

  it.each(['../etc', 'a/../b', '/a', 'A', 'a//b', 'a/_layers', '', 'a\0'])(
    'cannot be made for the repository %j',
    (repository) => {
      expect(() => tagLinkName(repository, 'v1')).toThrow();
    },
  );

  it.each(['', '..', '.a', 'a/b', 'a:b', '-a', 'a'.repeat(129)])('cannot be made for the tag %j', (tag) => {
    expect(() => tagLinkName('lab/app', tag)).toThrow();
  });

  it.each([
    ['working-dir/signatures/x', 'working-dir'],
    ['isc_2025-08-18T01:27:03Z', 'isc'],
    ['readme.txt', 'other'],
    ['docker/registry/v2/repositories/a/_uploads/1/data', 'other'],
    [`docker/registry/v2/repositories/a/_layers/sha256/${hex}/link.123.tmp`, 'other'],
    [`docker/registry/v2/repositories/a/_manifests/tags/v1/index/sha256/${hex}/link`, 'link'],
    [`docker/registry/v2/blobs/sha256/00/${hex}/data`, 'unsafe'],
    [`docker/registry/v2/blobs/sha512/${hex.slice(0, 2)}/${hex}/data`, 'unsafe'],
    [`docker/registry/v2/repositories/A/_layers/sha256/${hex}/link`, 'unsafe'],
    [`docker/registry/v2/repositories/a/working-dir/_layers/sha256/${hex}/link`, 'unsafe'],
    ['x/docker/registry/v2/y', 'unsafe'],
    ['my-working-dir/y', 'unsafe'],
    ['/working-dir/x', 'unsafe'],
    ['working-dir/../../x', 'unsafe'],
    ['working-dir/./x', 'unsafe'],
    ['working-dir//x', 'unsafe'],
    ['working-dir/x\0y', 'unsafe'],
    ['', 'unsafe'],
  ])('%j is %s', (name, kind) => {
    expect(parseEntryName(name).kind).toBe(kind);
  });
});
