import { filterIds } from '../catalog/filter-id';
import { digestFromHex } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { destinationImages } from './destination-images';

const digest = (digit: string) => digestFromHex(digit.repeat(64));
const catalog = 'registry.redhat.io/redhat/redhat-operator-index:v4.99';
const repository = 'redhat/redhat-operator-index';

function operator(tag: string, root: string, more: Partial<MirroredImage> = {}): MirroredImage {
  return { kind: 'operator', source: catalog, digest: digest(root), repository, tag, ...more };
}
const placesOf = (images: readonly MirroredImage[], config: object): string[] =>
  destinationImages(images, config as never).map((image) => `${image.tag} ${image.digest.slice(7, 8)}`);

it('keeps images that are not catalogs as they are', () => {
  const image: MirroredImage = { ...operator('9.5', 'a'), kind: 'additional', repository: 'ubi9/ubi' };
  expect(destinationImages([image], { mirror: {} })).toEqual([image]);
});

it('gives a rebuilt catalog the tag of its original, which is left out with its signature', () => {
  const entry = { catalog, packages: [{ name: 'web-terminal' }] };
  const [id = ''] = filterIds(entry, digest('a'));
  const signature = operator(`sha256-${'a'.repeat(64)}.sig`, 'c', { attachedTo: digest('a') });
  const images = [operator('v4.99', 'a'), operator(id, 'b'), signature];
  expect(placesOf(images, { mirror: { operators: [entry] } })).toEqual(['v4.99 b']);
  const july = [operator('july', 'a'), operator(id, 'b')];
  expect(placesOf(july, { mirror: { operators: [{ ...entry, targetTag: 'july' }] } })).toEqual(['july b']);
});

it('uploads a rebuilt catalog once that is there under the ids of two versions of oc-mirror', () => {
  const entry = { catalog, packages: [{ name: 'web-terminal' }] };
  const images = [operator('v4.99', 'a'), ...filterIds(entry, digest('a')).map((id) => operator(id, 'b'))];
  expect(images).toHaveLength(3);
  expect(placesOf(images, { mirror: { operators: [entry] } })).toEqual(['v4.99 b']);
});

it('gives a rebuilt catalog its own digest as tag if the configuration names the original by digest', () => {
  const entry = { catalog: `${catalog.split(':')[0]}@${digest('a')}`, packages: [{ name: 'web-terminal' }] };
  const [id = ''] = filterIds(entry, digest('a'));
  const images = [operator(`sha256-${'a'.repeat(64)}`, 'a'), operator(id, 'b')];
  expect(placesOf(images, { mirror: { operators: [entry] } })).toEqual([`sha256-${'b'.repeat(64)} b`]);
});

it('uploads a whole catalog under its own tag', () => {
  const images = [operator('v4.99', 'a')];
  const [whole] = destinationImages(images, { mirror: { operators: [{ catalog, full: true }] } } as never);
  expect(whole).toMatchObject({ tag: 'v4.99', digest: digest('a'), catalog: { catalog } });
});
