import { addProjectConfiguration, logger, readProjectConfiguration, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { parseImageSet } from '../../imageset/document';
import { requireSettings } from '../../mirror/settings';
import { parseSequenceIntent } from '../../sequence/intent';
import { demo } from './generator';

describe('demo', () => {
  let tree: Tree;
  beforeEach(() => (tree = createTreeWithEmptyWorkspace()));
  afterEach(() => jest.restoreAllMocks());
  const read = (file: string): string => tree.read(file, 'utf8') ?? '';

  it('makes a mirror that asks only this machine', async () => {
    await demo(tree, { skipFormat: true });
    expect(requireSettings(read('demo/seqmirror.yaml'), 'seqmirror.yaml')).toEqual({
      schema: 'seqmirror/v1',
      name: 'demo',
      id: expect.stringMatching(/^demo-[0-9a-f]{8}$/),
      engine: 'embedded',
      ci: 'allow',
      registries: { registriesConf: 'registries.conf' },
    });
    expect(read('demo/registries.conf')).toContain('location = "127.0.0.1:5050/registry.redhat.io"\n');
    expect(read('demo/registries.conf')).toContain('location = "127.0.0.1:5051"\ninsecure = true\n');
    expect(read('demo/sites/bravo/site.yaml')).toContain('\nregistry: 127.0.0.1:5051/ocp\n');
    expect(readProjectConfiguration(tree, 'demo').targets?.['upstream']).toMatchObject({
      continuous: true,
      options: { command: 'seqmirror-demo --port 5050' },
    });
  });

  it('plans three sequences, each with what was there before and more, all from the upstream of the demo', async () => {
    await demo(tree, { skipFormat: true });
    const folders = tree.children('demo/content').sort();
    expect(folders).toEqual(['seq1-baseline', 'seq2-add-web-terminal', 'seq3-add-cluster-logging']);
    const sizes = folders.map((folder) => {
      const { document, findings } = parseImageSet(read(`demo/content/${folder}/imageset-config.yaml`), folder);
      expect(findings).toEqual([]);
      expect(parseSequenceIntent(read(`demo/content/${folder}/sequence.yaml`), folder).findings).toEqual([]);
      const { additionalImages = [], operators = [] } = document?.config.mirror ?? {};
      const names = [...additionalImages.map(({ name }) => name), ...operators.map(({ catalog }) => catalog)];
      expect(names.filter((name) => !name.startsWith('registry.redhat.io/'))).toEqual([]);
      return names.length + operators.flatMap(({ packages = [] }) => packages).length;
    });
    expect(sizes).toEqual([1, 3, 4]);
  });

  it('prints what to type next, in lines that a terminal does not break, and writes the same into README.md', async () => {
    const said = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    await (
      await demo(tree, { name: 'trial', port: 6060, skipFormat: true })
    )();
    const text = said.mock.calls.flat().at(-1) as string;
    const typed = text.split('\n').flatMap((line) => /^ {5}(.*)$/.exec(line)?.[1] ?? []);
    expect(typed.slice(0, -2)).toEqual([
      'nx run trial:upstream',
      'nx run trial:seq3',
      'nx run trial:list',
      'nx run trial:bundle --site=bravo --output=trial/disk',
      'sh trial/disk/seq-upload.sh 127.0.0.1:6061/ocp \\',
      '  --dest-tls-verify=false --site-dir=trial/far-side',
      'nx run trial-site-bravo:acknowledge --code=<code>',
      'nx run trial:status',
    ]);
    expect(typed.slice(-2)).toEqual(['rm -rf trial \\', expect.stringMatching(/^ {2}\/.+\/trial-[0-9a-f]{8}$/)]);
    for (const line of typed) expect(read('trial/README.md')).toContain(`   ${line}\n`);
  });

  it.each([
    { name: 'a folder that exists', options: {}, code: 'SEQ0194' },
    { name: 'the name of a project elsewhere', options: { name: 'shop' }, code: 'SEQ0194' },
    { name: 'a name that no project can have', options: { name: 'a demo' }, code: 'SEQ0165' },
    { name: 'a port that needs root', options: { name: 'demo2', port: 80 }, code: 'SEQ0195' },
    { name: 'the last port of all', options: { name: 'demo2', port: 65_535 }, code: 'SEQ0195' },
    { name: 'a folder outside the workspace', options: { name: 'demo2', cwd: '..' }, code: 'SEQ0165' },
  ])('refuses $name, and writes nothing', async ({ options, code }) => {
    addProjectConfiguration(tree, 'shop', { root: 'apps/shop' });
    tree.write('demo/mine.txt', 'mine');
    const before = tree.listChanges().map(({ path }) => path);
    await expect(demo(tree, { ...options, skipFormat: true })).rejects.toMatchObject({ code });
    expect(tree.listChanges().map(({ path }) => path)).toEqual(before);
  });
});
