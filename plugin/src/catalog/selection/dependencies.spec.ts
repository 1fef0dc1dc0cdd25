import type { FileBasedCatalog } from '../fbc/fbc';
import { readCatalog } from '../fbc/fbc';
import { fileInMemory } from '../fbc/files.fixture';
import type { CatalogFilter } from '../filter-id';
import { selectWithDependencies } from './selection';

interface Bundle {
  readonly version: string;
  readonly channels?: readonly string[];
  readonly needs?: Readonly<Record<string, string>>;
  readonly needsApi?: string;
  readonly offersApi?: string;
  readonly constraint?: object;
}

/** Packages with their bundles, oldest first; each replaces the one before it in its channels. */
function catalogOf(packages: Readonly<Record<string, readonly Bundle[]>>): Promise<FileBasedCatalog> {
  const documents = Object.entries(packages).flatMap(([name, bundles]) => {
    const channels = [...new Set(bundles.flatMap((bundle) => bundle.channels ?? ['stable']))];
    return [
      { schema: 'olm.package', name, defaultChannel: 'stable' },
      ...channels.map((channel) => {
        const held = bundles.filter((bundle) => (bundle.channels ?? ['stable']).includes(channel));
        const entries = held.map(({ version }, index) => {
          const before = held[index - 1];
          return { name: `${name}.v${version}`, ...(before && { replaces: `${name}.v${before.version}` }) };
        });
        return { schema: 'olm.channel', package: name, name: channel, entries };
      }),
      ...bundles.map(({ version, needs = {}, needsApi, offersApi, constraint }) => ({
        schema: 'olm.bundle',
        package: name,
        name: `${name}.v${version}`,
        image: `quay.io/${name}/bundle:${version}`,
        properties: [
          { type: 'olm.package', value: { packageName: name, version } },
          ...Object.entries(needs).map(([packageName, versionRange]) => ({
            type: 'olm.package.required',
            value: { packageName, versionRange },
          })),
          ...(needsApi === undefined ? [] : [{ type: 'olm.gvk.required', value: api(needsApi) }]),
          ...(offersApi === undefined ? [] : [{ type: 'olm.gvk', value: api(offersApi) }]),
          ...(constraint === undefined ? [] : [{ type: 'olm.constraint', value: constraint }]),
        ],
        relatedImages: [{ name: '', image: `quay.io/${name}/bundle:${version}` }],
      })),
    ];
  });
  return readCatalog([fileInMemory('a.json', documents.map((document) => JSON.stringify(document)).join('\n'))]);
}

function api(kind: string): object {
  return { group: 'example.com', version: 'v1', kind };
}

const entry = (more: Partial<CatalogFilter> = {}): CatalogFilter => ({
  catalog: 'registry.example/index:v1',
  packages: [{ name: 'app' }],
  ...more,
});
const terminal = { app: [{ version: '1.0.0', needs: { lib: '>=1.0.0' } }] };

async function resolved(packages: Parameters<typeof catalogOf>[0], asked = entry()) {
  const { selection, added, unmet } = selectWithDependencies(await catalogOf(packages), asked);
  return {
    bundles: (selection.selected?.bundles ?? []).map(({ name }) => name).sort(),
    added: added.map(({ entry: each, neededBy }) => ({ ...each, neededBy })),
    unmet,
  };
}

describe('what selected operators need', () => {
  it('is added out of the same catalog: the head of the default channel', async () => {
    const lib = [{ version: '1.0.0' }, { version: '1.1.0' }, { version: '2.0.0', channels: ['next'] }];
    expect(await resolved({ ...terminal, lib, other: [{ version: '1.0.0' }] })).toEqual({
      bundles: ['app.v1.0.0', 'lib.v1.1.0'],
      added: [{ name: 'lib', channels: [{ name: 'stable' }], neededBy: 'app.v1.0.0' }],
      unmet: [],
    });
  });

  it('is another version where a range demands it: the highest in the default channel', async () => {
    const app = [{ version: '1.0.0', needs: { lib: '<2.0.0' } }];
    const lib = ['1.0.0', '1.1.0', '2.0.0'].map((version) => ({ version }));
    expect(await resolved({ app, lib })).toMatchObject({
      bundles: ['app.v1.0.0', 'lib.v1.1.0'],
      added: [{ channels: [{ name: 'stable', minVersion: '1.1.0', maxVersion: '1.1.0' }] }],
    });
  });

  it('is of another channel where the default one has none, which is the default then', async () => {
    const app = [{ version: '1.0.0', needs: { lib: '>=2.0.0' } }];
    const lib = [{ version: '1.0.0' }, { version: '2.0.0', channels: ['next'] }];
    expect(await resolved({ app, lib })).toMatchObject({
      bundles: ['app.v1.0.0', 'lib.v2.0.0'],
      added: [{ channels: [{ name: 'next' }], defaultChannel: 'next' }],
    });
  });

  it('is followed to its end, in circles too', async () => {
    const packages = {
      app: [{ version: '1.0.0', needs: { b: '>=1.0.0' } }],
      b: [{ version: '1.0.0', needs: { c: '>=1.0.0' } }],
      c: [{ version: '1.0.0', needs: { app: '>=1.0.0', b: '>=1.0.0', d: '1.0.0' } }],
      d: [{ version: '1.0.0', needs: { d: '1.0.0' } }],
    };
    const { bundles, added, unmet } = await resolved(packages);
    expect([bundles.length, unmet]).toEqual([4, []]);
    expect(added.map(({ name, neededBy }) => [name, neededBy])).toEqual([
      ['b', 'app.v1.0.0'],
      ['c', 'b.v1.0.0'],
      ['d', 'c.v1.0.0'],
    ]);
  });

  it('may be an API: of a package whose default channel offers it, the first by name', async () => {
    const app = [{ version: '1.0.0', needsApi: 'Lib' }];
    const packages = {
      app,
      a: [{ version: '1.0.0', offersApi: 'Lib' }, { version: '1.1.0' }],
      b: [{ version: '1.0.0', offersApi: 'Lib' }],
      c: [{ version: '1.0.0', offersApi: 'Lib' }],
    };
    expect(await resolved(packages)).toMatchObject({ bundles: ['app.v1.0.0', 'b.v1.0.0'], unmet: [] });
    // What is selected anyway will do.
    const asked = entry({ packages: [{ name: 'app' }, { name: 'c' }] });
    expect(await resolved(packages, asked)).toMatchObject({ added: [], unmet: [] });
  });

  it('may be all of several, as olm.constraint says it', async () => {
    const constraint = {
      failureMessage: 'both',
      all: {
        constraints: [{ package: { packageName: 'lib', versionRange: '1.x' } }, { gvk: api('Other') }],
      },
    };
    const packages = {
      app: [{ version: '1.0.0', constraint }],
      lib: [{ version: '1.0.0' }],
      other: [{ version: '1.0.0', offersApi: 'Other' }],
    };
    expect((await resolved(packages)).added.map(({ name }) => name)).toEqual(['lib', 'other']);
  });

  it('brings each version that is needed, and the way between them', async () => {
    const app = [
      { version: '1.0.0', needs: { lib: '1.0.0' } },
      { version: '2.0.0', needs: { lib: '2.0.0' } },
    ];
    const lib = ['1.0.0', '1.5.0', '2.0.0', '3.0.0'].map((version) => ({ version }));
    const asked = entry({ packages: [{ name: 'app', minVersion: '1.0.0' }] });
    expect(await resolved({ app, lib }, asked)).toMatchObject({
      bundles: ['app.v1.0.0', 'app.v2.0.0', 'lib.v1.0.0', 'lib.v1.5.0', 'lib.v2.0.0'],
      added: [{ channels: [{ name: 'stable', minVersion: '1.0.0', maxVersion: '2.0.0' }] }],
    });
  });

  it('comes with all of its channel where the entry is asked for in full', async () => {
    const app = [{ version: '1.0.0', needs: { lib: '1.0.0' } }];
    const lib = [{ version: '1.0.0' }, { version: '2.0.0' }, { version: '3.0.0', channels: ['next'] }];
    expect(await resolved({ app, lib }, entry({ full: true }))).toMatchObject({
      bundles: ['app.v1.0.0', 'lib.v1.0.0', 'lib.v2.0.0'],
      added: [{ channels: [{ name: 'stable' }] }],
    });
  });

  it.each([
    ['is not in the catalog', {}, 'lib >=1.0.0, but the catalog does not have this package'],
    [
      'has no such version',
      { lib: [{ version: '0.9.0' }] },
      'lib >=1.0.0, but no channel in the catalog has such a version',
    ],
    [
      'offers no such API',
      { app: [{ version: '1.0.0', needsApi: 'Lib' }] },
      'the API example.com/v1/Lib, but no package in the catalog offers it',
    ],
    [
      'is named by no range',
      { app: [{ version: '1.0.0', needs: { lib: 'latest' } }], lib: [{ version: '1.0.0' }] },
      'lib "latest", which is not a version range',
    ],
  ])('is told where it %s, and the rest is selected', async (_, packages, words) => {
    const { bundles, unmet } = await resolved({ ...terminal, ...packages });
    expect(bundles).toEqual(['app.v1.0.0']);
    expect(unmet).toEqual([expect.stringContaining(`app.v1.0.0 needs ${words}`)]);
  });

  it('changes nothing of what the configuration says of a package, and says so', async () => {
    const app = [{ version: '1.0.0', needs: { lib: '1.0.0' } }];
    const lib = [{ version: '1.0.0' }, { version: '2.0.0' }];
    const asked = entry({ packages: [{ name: 'app' }, { name: 'lib' }] });
    expect(await resolved({ app, lib }, asked)).toEqual({
      bundles: ['app.v1.0.0', 'lib.v2.0.0'],
      added: [],
      unmet: ['app.v1.0.0 needs lib 1.0.0, but the configuration selects other versions of lib'],
    });
  });

  it('is there already where no package is named', async () => {
    const lib = [{ version: '1.0.0' }];
    expect(await resolved({ ...terminal, lib }, entry({ packages: [] }))).toMatchObject({ added: [], unmet: [] });
  });

  it('is left out and told where the whole selection would be refused with it', async () => {
    const { bundles, added, unmet } = await resolved({ ...terminal, lib: [{ version: 'one' }, { version: '1.0.0' }] });
    expect([bundles, added]).toEqual([['app.v1.0.0'], []]);
    expect(unmet).toEqual(['app.v1.0.0 needs lib >=1.0.0, but lib cannot be selected: version unreadable']);
  });
});
