import type { Digest } from '../oci/digest';
import type { CatalogFilter } from './filter-id';
import { filterIds, isWholeCatalog, nameOfCatalog } from './filter-id';

const labIndex = 'sha256:ce617c2e8c29fa2800e0cac6d4e940cbd037e466ff819e2816a5f5bb545f972c' as Digest;
const redhatIndex = 'sha256:34407049eb1eaa1c8750359276e02cf87ffd124567c00f65ceb586439513b24b' as Digest;

describe('filterIds', () => {
  // Measured with oc-mirror main (855b64a3): the folders that it made.
  it.each<{ filter: CatalogFilter; digest: Digest; id: string }>([
    {
      filter: { catalog: 'registry.redhat.io/lab/operator-index:v4.99', packages: [{ name: 'web-terminal' }] },
      digest: labIndex,
      id: 'fb77b70e95bd42b9ade383e23223f4dd',
    },
    {
      filter: {
        catalog: 'registry.redhat.io/lab/operator-index:v4.99',
        packages: [{ name: 'web-terminal' }],
        full: true,
      },
      digest: labIndex,
      id: 'd7d95c9a2a8bf40fa6e7909e1b8a06f0',
    },
    {
      filter: {
        catalog: 'docker://registry.redhat.io/redhat/redhat-operator-index:v4.99',
        packages: [{ name: 'web-terminal' }],
      },
      digest: redhatIndex,
      id: '5be1380e76fe89003edfaafd5280b01d',
    },
    {
      filter: {
        catalog: `registry.redhat.io/redhat/redhat-operator-index@${redhatIndex}`,
        packages: [{ name: 'web-terminal' }, { name: 'cluster-logging' }],
      },
      digest: redhatIndex,
      id: 'bdc40a3ae639f7b804af1aa194446699',
    },
  ])('computes $id as oc-mirror does', ({ filter, digest, id }) => {
    expect(filterIds(filter, digest)[0]).toBe(id);
  });

  it('also gives the id of versions before 4.22, which use the reference as it is written', () => {
    const packages = [{ name: 'web-terminal' }];
    const ids = filterIds({ catalog: 'registry.redhat.io/lab/operator-index:v4.99', packages }, labIndex);
    expect(ids).toHaveLength(2);
    const byDigest = filterIds({ catalog: `registry.redhat.io/lab/operator-index@${labIndex}`, packages }, labIndex);
    expect(byDigest).toHaveLength(1);
  });

  it('does not depend on the order of keys, and ignores empty values', () => {
    const catalog = 'registry.example/index:1';
    const one = {
      catalog,
      packages: [{ name: 'a', minVersion: '1.0.0', channels: [{ name: 'stable', maxVersion: '2.0.0' }] }],
    };
    const other = {
      packages: [
        { channels: [{ maxVersion: '2.0.0', name: 'stable' }], minVersion: '1.0.0', maxVersion: '', name: 'a' },
      ],
      full: false,
      platforms: [],
      catalog,
    };
    expect(filterIds(one, labIndex)).toEqual(filterIds(other, labIndex));
  });
});

describe('nameOfCatalog', () => {
  it.each([
    ['registry.example:5000/a/index:v4.19', 'registry.example:5000/a/index'],
    [`registry.example/a/index:v4.19@${labIndex}`, 'registry.example/a/index'],
    ['docker://registry.example/index:1', 'registry.example/index'],
    ['oci:///srv/index', '/srv/index'],
  ])('%s: %s', (catalog, expected) => {
    expect(nameOfCatalog(catalog)).toBe(expected);
  });
});

describe('isWholeCatalog', () => {
  it.each<{ filter: CatalogFilter; whole: boolean }>([
    { filter: { catalog: 'a', full: true }, whole: true },
    { filter: { catalog: 'a', full: true, packages: [{ name: 'b' }] }, whole: false },
    { filter: { catalog: 'a' }, whole: false },
  ])('$filter: $whole', ({ filter, whole }) => {
    expect(isWholeCatalog(filter)).toBe(whole);
  });
});
