import type { Source } from '../source.fixture';
import { createSource, parsed } from '../source.fixture';
import { collect } from './collect';

const digest = `sha256:${'a'.repeat(64)}`;

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

async function targets(...lines: string[]): Promise<string[]> {
  const document = parsed(['mirror:', ...lines].join('\n'));
  const { images } = await source.withSources(source.request(document), (sources) => collect(document, sources));
  return images.map(({ repository, tag }) => `${repository}:${tag}`);
}

describe('collect', () => {
  it('keeps images under the names that oc-mirror gives them', async () => {
    expect(
      await targets(
        '  additionalImages:',
        '    - name: registry.example/ubi9/ubi:9.5',
        `    - name: registry.example:5000/ubi9/ubi@${digest}`,
        `    - name: registry.example/ubi9/ubi:9.4@${digest}`,
        '    - name: ubuntu:24.04',
        '    - name: library/debian:12',
        '    - {name: registry.example/a/b:1, targetRepo: x/y}',
        '    - {name: registry.example/a/b:2, targetTag: other}',
        `    - {name: registry.example/a/b@${digest}, targetRepo: x, targetTag: mine}`,
      ),
    ).toEqual([
      'ubi9/ubi:9.5',
      `ubi9/ubi:sha256-${'a'.repeat(64)}`,
      'ubi9/ubi:9.4',
      'ubuntu:24.04',
      'debian:12',
      'x/y:1',
      'a/b:other',
      'x:mine',
    ]);
  });

  it('leaves out images whose name or destination matches a pattern', async () => {
    const images = [
      '  additionalImages:',
      ...['a/one:1', 'a/two:2', 'b/three:3'].map((name) => `    - name: registry.example/${name}`),
    ];
    expect(
      await targets(...images, '  blockedImages:', '    - name: "two:2$"', '    - name: "^localhost:55000/b/"'),
    ).toEqual(['a/one:1']);
  });

  it('refuses a configuration that asks for nothing', async () => {
    await expect(targets('  additionalImages: []')).rejects.toMatchObject({ code: 'SEQ0415' });
    await expect(
      targets('  additionalImages:', '    - name: r.example/a:1', '  blockedImages:', '    - name: a'),
    ).rejects.toMatchObject({ code: 'SEQ0415', why: 'blockedImages excludes all 1 entries' });
  });
});
