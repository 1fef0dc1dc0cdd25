import { chartOf, indexOfMirrored, readRepositoryIndex } from './repository-index';

const index = `apiVersion: v1
entries:
  # a comment
  app:
  - name: app
    version: 1.0.0
    urls: [app-1.0.0.tgz]
    description: |
      entries:
      app:
  - name: app
    version: v1.10.0
    digest: ${'a'.repeat(64)}
    urls:
    - https://elsewhere.example/app-v1.10.0.tgz
    - https://second.example/
  - name: app
    version: 2.0.0-rc.1
    urls: [app-2.0.0-rc.1.tgz]
  - name: app
    version: none
    urls: [x]
  - name: app
    version: 3.0.0
  "base":
    - {name: base, version: 0.1.0, type: library, urls: [base-0.1.0.tgz]}
generated: now
`;

const read = (text: string, names?: readonly string[]) =>
  readRepositoryIndex(Buffer.from(text), names && new Set(names));

const labels = (text: string, names?: readonly string[]): string[] | undefined =>
  read(text, names).index?.charts.map(({ name, version }) => `${name} ${version}`);

describe('readRepositoryIndex', () => {
  it('finds the charts that helm finds, the newest of a name first', () => {
    expect(read(index).index?.charts).toEqual([
      { name: 'app', version: '2.0.0-rc.1', isLibrary: false, url: 'app-2.0.0-rc.1.tgz' },
      {
        name: 'app',
        version: 'v1.10.0',
        isLibrary: false,
        url: 'https://elsewhere.example/app-v1.10.0.tgz',
        sha256: 'a'.repeat(64),
      },
      { name: 'app', version: '1.0.0', isLibrary: false, url: 'app-1.0.0.tgz' },
      { name: 'base', version: '0.1.0', isLibrary: true, url: 'base-0.1.0.tgz' },
    ]);
  });

  it('reads JSON too', () => {
    const json = { apiVersion: 'v1', entries: { app: [{ name: 'app', version: '1.0.0', urls: ['a.tgz'] }] } };
    expect(labels(JSON.stringify(json))).toEqual(['app 1.0.0']);
  });

  it('reads only the charts that are asked for, and all if the layout is unusual', () => {
    expect(labels(index, ['base'])).toEqual(['base 0.1.0']);
    expect(labels(index.replace('  "base":', '  ? base\n  :'), ['app'])).toContain('base 0.1.0');
    const anchored = index
      .replace('urls: [app-1.0.0.tgz]', 'urls: &here [app-1.0.0.tgz]')
      .replace('[base-0.1.0.tgz]', '*here');
    expect(labels(anchored, ['base'])).toContain('base 0.1.0');
  });

  it.each([
    ['<html></html>', 'it has no apiVersion'],
    ['entries: {}', 'it has no apiVersion'],
    ['apiVersion: v1\nentries:\n  app: [', 'Line 3 of index.yaml cannot be read'],
  ])('says what is wrong with %p', (text, problem) => {
    expect(read(text).problem).toContain(problem);
  });
});

describe('chartOf', () => {
  it.each([
    ['', 'v1.10.0'],
    ['1.10.0', 'v1.10.0'],
    ['v1.10.0', 'v1.10.0'],
    ['2.0.0-rc.1', '2.0.0-rc.1'],
    ['~1.0', '1.0.0'],
    ['4.0.0', undefined],
  ])('version %p leads to %p, as in helm', (version, expected) => {
    const { charts = [] } = read(index).index ?? {};
    const found = chartOf({ charts }, { name: 'app', version });
    expect(found === 'unreadable' ? found : found?.version).toBe(expected);
  });

  it('says that a version cannot be read', () => {
    expect(chartOf({ charts: [] }, { name: 'app', version: 'newest' })).toBe('unreadable');
  });
});

describe('indexOfMirrored', () => {
  it('is an index again, with only these charts', () => {
    const { charts = [] } = read(index).index ?? {};
    const made = indexOfMirrored(charts.filter(({ isLibrary }) => !isLibrary)).toString();
    expect(labels(made)).toEqual(['app 2.0.0-rc.1', 'app v1.10.0', 'app 1.0.0']);
  });
});
