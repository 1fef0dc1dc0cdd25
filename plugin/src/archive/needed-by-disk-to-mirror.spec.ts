import type { DiskToMirrorConfig } from './needed-by-disk-to-mirror';
import { neededByDiskToMirror } from './needed-by-disk-to-mirror';

type Mirror = DiskToMirrorConfig['config']['mirror'];

const catalog = 'working-dir/operator-catalogs/index/aaaa';
const release = 'working-dir/hold-release/ocp-release/4.19.2-x86_64/release-manifests';

describe('neededByDiskToMirror', () => {
  it.each<[string, boolean, string, Mirror]>([
    ['logs', false, 'working-dir/logs/oc-mirror.log', {}],
    ['history', false, 'working-dir/.history/.history-2025-08-18T01:27:03Z', {}],
    ['the pinned config', false, 'working-dir/isc_pinned_2025-08-18T01:27:03Z.yaml', {}],
    ['the config', false, 'isc_2025-08-18T01:27:03Z', {}],
    ['a foreign file', false, 'notes.txt', {}],
    ['an unknown file of working-dir', true, 'working-dir/something/new', {}],
    ['the version', true, 'working-dir/internal/oc-mirror-version.json', {}],
    ['a filtered catalog', true, `${catalog}/filtered-catalogs/ff/catalog-config/pkg/catalog.json`, {}],
    ["a filtered catalog's digest", true, `${catalog}/filtered-catalogs/ff/digest`, {}],
    ["a filtered catalog's image", false, `${catalog}/filtered-catalogs/ff/filtered-catalog-image/index.json`, {}],
    [
      "a catalog's image",
      false,
      `${catalog}/catalog-image/index.json`,
      { operators: [{ catalog: 'registry.example/index:v1', full: true }] },
    ],
    [
      "a whole catalog's image from a folder",
      true,
      `${catalog}/catalog-image/index.json`,
      { operators: [{ catalog: 'oci:///srv/index', full: true }] },
    ],
    [
      "a filtered catalog's source from a folder",
      false,
      `${catalog}/catalog-config/pkg/c.json`,
      { operators: [{ catalog: 'oci:///srv/index', full: true, packages: [{}] }] },
    ],
    ['image references', true, `${release}/image-references`, {}],
    ['boot images', false, `${release}/0000_50_installer_coreos-bootimages.yaml`, {}],
    [
      'boot images for KubeVirt',
      true,
      `${release}/0000_50_installer_coreos-bootimages.yaml`,
      { platform: { kubeVirtContainer: true } },
    ],
    ['other manifests of a release', false, `${release}/release-metadata`, {}],
    [
      'the update graph',
      true,
      'working-dir/hold-release/cincinnati-graph-data/amd64-stable-4.19.json',
      { platform: { channels: [{}] } },
    ],
    [
      'the update graph without channels',
      false,
      'working-dir/hold-release/cincinnati-graph-data/amd64-stable-4.19.json',
      { platform: {} },
    ],
    ['signatures', true, 'working-dir/signatures/4.19.2-sha256-aa', {}],
    ['charts of a repository', true, 'working-dir/helm/charts/a-1.tgz', { helm: { repositories: [{ charts: [{}] }] } }],
    ['charts of none', false, 'working-dir/helm/charts/a-1.tgz', { helm: {} }],
    [
      'an index whose charts are listed',
      false,
      'working-dir/helm/indexes/host/index.yaml',
      { helm: { repositories: [{ charts: [{}] }] } },
    ],
    [
      'an index whose charts are not listed',
      true,
      'working-dir/helm/indexes/host/index.yaml',
      { helm: { repositories: [{}] } },
    ],
  ])('%s: %s', (_, needed, name, mirror) => {
    expect(neededByDiskToMirror(name, { config: { mirror } })).toBe(needed);
  });
});
