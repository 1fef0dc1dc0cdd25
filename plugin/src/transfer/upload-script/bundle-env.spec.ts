import type { Seal } from '../../sequence/seal';
import { renderBundleEnv } from './bundle-env';

const seal = (digit: string) => `sha256:${digit.repeat(64)}` as Seal;
const head = { seal: seal('a'), number: 3, folder: 'seq3-add-ubi9' };

describe('renderBundleEnv', () => {
  it('has a line for each key', () => {
    const text = renderBundleEnv({
      mirror: 'platform',
      bundle: 'T0007',
      kind: 'site',
      sites: ['bravo', 'delta'],
      head,
      description: 'say "hello" to $(nobody) = `all`',
      made: '2026-11-24T06:08:52Z',
      pinned: 'imageset-config.pinned.yaml',
      images: 'images.txt',
      volume: 2,
      volumes: 3,
      needs: [{ seal: seal('b'), number: 2, folder: 'seq2-add-logging', transfer: 'T0002' }],
      holds: [{ seal: seal('c'), number: 1, folder: 'seq1-baseline' }],
      splits: [{ name: 'mirror_000004.tar', sha256: 'd'.repeat(64), parts: 2 }],
    });
    expect(text.replace(/([abcd])\1{63}/g, '$1…')).toMatchInlineSnapshot(`
      "format=seqmirror-bundle/1
      mirror=platform
      bundle=T0007
      kind=site
      sites=bravo,delta
      number=3
      folder=seq3-add-ubi9
      seal=sha256:a…
      description=say "hello" to $(nobody) = \`all\`
      made=2026-11-24T06:08:52Z
      config=imageset-config.yaml
      pinned=imageset-config.pinned.yaml
      images=images.txt
      archives=archives
      volume=2
      volumes=3
      needs=sha256:b… 2 seq2-add-logging T0002
      holds=sha256:c… 1 seq1-baseline
      split=mirror_000004.tar d… 2
      "
    `);
  });

  it('leaves out what is not given', () => {
    expect(renderBundleEnv({ mirror: 'platform', kind: 'baseline', head })).not.toMatch(/^\w+=$|undefined/m);
  });

  it.each([
    { name: 'a description of two lines', facts: { description: 'a\nseal=x' } },
    { name: 'a mirror that leads elsewhere', facts: { mirror: '../x' } },
    { name: 'volumes that do not name their bundle', facts: { volumes: 2 } },
    { name: 'a volume beyond the last', facts: { bundle: 'T0001', volume: 3, volumes: 2 } },
    { name: 'a sequence with a space in its folder', facts: { head: { ...head, folder: 'seq3-a b' } } },
    { name: 'a file name that is an option', facts: { config: '-rf' } },
  ])('refuses $name', ({ facts }) => {
    expect(() => renderBundleEnv({ mirror: 'platform', kind: 'baseline', head, ...facts })).toThrow();
  });
});
