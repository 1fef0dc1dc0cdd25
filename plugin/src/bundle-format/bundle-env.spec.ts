import type { Seal } from '../sequence/seal';
import { BundleEnv, parseBundleEnv, renderBundleEnv } from './bundle-env';

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

describe('parseBundleEnv', () => {
  const plain = renderBundleEnv({ mirror: 'platform', bundle: 'T0007', kind: 'site', head });

  it.each([
    { name: 'the keys that are always there', facts: {} },
    { name: 'a description with signs', facts: { description: 'say "hello" to $(nobody) = `all`' } },
    { name: 'sites', facts: { sites: ['bravo', 'delta'] } },
    { name: 'volumes', facts: { volume: 2, volumes: 3 } },
    { name: 'volumes that were joined', facts: { volume: 'all' as const, volumes: 3 } },
    {
      name: 'what is needed, held and in pieces',
      facts: {
        needs: [
          { seal: seal('b'), number: 2, folder: 'seq2-add-logging', transfer: 'T0002' },
          { seal: seal('c'), number: 1, folder: 'seq1-baseline' },
        ],
        holds: [{ seal: seal('c'), number: 1, folder: 'seq1-baseline' }],
        splits: [{ name: 'mirror_000004.tar', sha256: 'd'.repeat(64), parts: 2 }],
      },
    },
  ])('reads $name as it was written, with either kind of line end', ({ facts }) => {
    const whole = { mirror: 'platform', bundle: 'T0007', kind: 'site' as const, head, ...facts };
    const text = renderBundleEnv(whole);
    expect(parseBundleEnv(text, 'bundle.env')).toEqual(BundleEnv.parse(whole));
    expect(parseBundleEnv(text.replaceAll('\n', '\r\n'), 'bundle.env')).toEqual(BundleEnv.parse(whole));
  });

  it('ignores comments and keys that it does not know', () => {
    expect(parseBundleEnv(`# by hand\n${plain}later=1\n`, 'bundle.env')).toEqual(parseBundleEnv(plain, 'bundle.env'));
  });

  it.each([
    { name: 'another format', text: plain.replace('bundle/1', 'bundle/2'), says: /its format is seqmirror-bundle\/2/ },
    { name: 'no format', text: 'mirror=platform\n', says: /its format is \(none\)/ },
    { name: 'a line without a key', text: `${plain}hello\n`, says: /a line without a key: hello/ },
    { name: 'something that is not a number', text: plain.replace('number=3', 'number=0x3'), says: /head\.number/ },
    { name: 'something that is not a seal', text: plain.replace(/seal=.*/, 'seal=x'), says: /head\.seal/ },
    { name: 'a folder that leads elsewhere', text: `${plain}archives=../x\n`, says: /archives/ },
    { name: 'a needed sequence without its folder', text: `${plain}needs=${seal('b')} 2\n`, says: /needs\.0/ },
  ])('refuses $name', ({ text, says }) => {
    expect(() => parseBundleEnv(text, 'bundle.env')).toThrow(
      expect.objectContaining({ code: 'SEQ0644', what: expect.stringMatching(says) }),
    );
  });
});
