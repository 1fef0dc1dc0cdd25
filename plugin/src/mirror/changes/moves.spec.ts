import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { isStill, movesSince, pinnedCatalogs, recordedHeads } from './moves';

const digest = (letter: string): Digest => digestFromHex(letter.repeat(64));
const image = (source: string, letter: string, more: Partial<MirroredImage> = {}): MirroredImage => ({
  kind: 'additional',
  source,
  digest: digest(letter),
  repository: 'a/b',
  tag: '1',
  ...more,
});
const release = (version: string, letter: string): MirroredImage =>
  image(`quay.io/openshift-release-dev/ocp-release@${digest(letter)}`, letter, {
    kind: 'release',
    repository: 'openshift/release-images',
    tag: `${version}-x86_64`,
  });
const none = { images: [], catalogs: [], operators: [] };
const catalog = 'docker://r.example/index:v1';

describe('movesSince', () => {
  it('finds a tag that stands for another image than before', () => {
    const { tags } = movesSince(
      { ...none, images: [image('r.example/a:1', 'a'), image('r.example/b:1', 'b')] },
      { ...none, images: [image('r.example/a:1', 'c'), image('r.example/b:1', 'b')] },
    );
    expect(tags).toEqual([{ source: 'r.example/a:1', from: digest('a'), to: digest('c') }]);
  });

  it('finds the heads of channels that are others, and no channel that was not selected both times', () => {
    const heads = (...versions: readonly string[]) => ({
      operators: recordedHeads([{ catalog, heads: [...versions] }]),
    });
    const { heads: moved } = movesSince(
      { ...none, ...heads('logging stable-6.2 6.2.3', 'logging stable-6.3 6.3.0', 'gone fast 1.0.0') },
      { ...none, ...heads('logging stable-6.2 6.2.3', 'logging stable-6.3 6.3.1', 'new fast 1.0.0') },
    );
    expect(moved).toEqual([
      { catalog: 'r.example/index:v1', package: 'logging', channel: 'stable-6.3', from: '6.3.0', to: '6.3.1' },
    ]);
  });

  it('does not report what the configuration adds or leaves out', () => {
    const moves = movesSince(
      { ...none, images: [image('r.example/a:1', 'a')] },
      { ...none, images: [image('r.example/a:2', 'c', { tag: '2' })] },
    );
    expect(isStill(moves)).toBe(true);
  });

  it('does not report a digest, a signature, or the second target of one source', () => {
    const digestOf = `r.example/a@${digest('a')}`;
    const signature = { attachedTo: digest('a'), tag: 'x.sig' };
    const moves = movesSince(
      { ...none, images: [image(digestOf, 'a'), image('r.example/a:x.sig', 'b', signature)] },
      { ...none, images: [image(digestOf, 'a', { repository: 'c' }), image('r.example/a:x.sig', 'd', signature)] },
    );
    expect(isStill(moves)).toBe(true);
  });

  it('names the releases that come and go, in the order of versions', () => {
    const { releases } = movesSince(
      { ...none, images: [release('4.19.2', 'a'), release('4.19.9', 'b')] },
      { ...none, images: [release('4.19.10', 'd'), release('4.19.9', 'b'), release('4.19.3', 'c')] },
    );
    expect(releases).toEqual({ added: ['4.19.3', '4.19.10'], dropped: ['4.19.2'] });
  });

  it('names the repositories whose operator images changed, if both times had some', () => {
    const of = (name: string, letter: string) =>
      image(`r.example/${name}@${digest(letter)}`, letter, { kind: 'operator', repository: name });
    const moves = movesSince(
      { ...none, images: [of('logging-bundle', 'a'), of('loki', 'b'), of('gone', 'c')] },
      { ...none, images: [of('logging-bundle', 'a'), of('logging-bundle', 'd'), of('loki', 'b'), of('added', 'e')] },
    );
    expect(moves.operators).toEqual(['r.example/logging-bundle']);
    expect(isStill(moves)).toBe(false);
  });

  it('reports a catalog once, whatever of it is an image', () => {
    const catalog = 'docker://r.example/index:v4.19';
    const asImage = { kind: 'operator', repository: 'index', tag: 'v4.19' } as const;
    const moves = movesSince(
      { ...none, images: [image('r.example/index:v4.19', 'a', asImage)], catalogs: [{ catalog, digest: digest('a') }] },
      { ...none, images: [image('r.example/index:v4.19', 'b', asImage)], catalogs: [{ catalog, digest: digest('b') }] },
    );
    expect(moves.catalogs).toEqual([{ source: 'r.example/index:v4.19', from: digest('a'), to: digest('b') }]);
    expect(moves.tags).toEqual([]);
  });
});

describe('pinnedCatalogs', () => {
  it('returns what catalogs by tag were, and leaves out those by digest and in folders', () => {
    const config = (...catalogs: readonly string[]) => ({
      mirror: { operators: catalogs.map((catalog) => ({ catalog })) },
    });
    const byDigest = `r.example/two@${digest('b')}`;
    const found = pinnedCatalogs(
      config('r.example/one:v4.19', byDigest, 'oci:///srv/three') as never,
      config(`r.example/one@${digest('a')}`, byDigest, 'oci:///srv/three') as never,
    );
    expect(found).toEqual([{ catalog: 'r.example/one:v4.19', digest: digest('a') }]);
  });
});
