import { addProjectConfiguration, logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { parse } from 'yaml';
import { MirrorSettings } from '../../mirror/settings';
import generator, { mirror } from './generator';

describe('mirror', () => {
  let tree: Tree;
  const settingsOf = (root: string) => MirrorSettings.parse(parse(tree.read(`${root}/seqmirror.yaml`, 'utf8') ?? ''));
  beforeEach(() => (tree = createTreeWithEmptyWorkspace()));
  afterEach(() => jest.restoreAllMocks());

  it('writes only the required settings', async () => {
    await mirror(tree, { directory: 'mirror', skipFormat: true });
    expect(settingsOf('mirror')).toEqual({
      schema: 'seqmirror/v1',
      name: 'mirror',
      id: expect.stringMatching(/^mirror-[0-9a-f]{8}$/),
    });
  });

  it('writes comments that become settings when their `#` is removed', async () => {
    await mirror(tree, { directory: 'mirror', skipFormat: true });
    const text = tree.read('mirror/seqmirror.yaml', 'utf8') ?? '';
    const uncommented = text.replace(/^# ((?: *[\w.:-]+:)(?: .*)?)$/gm, (line, setting: string) =>
      /^(yaml-language-server|What mirrors|The Nx project|.*Default):/.test(setting) ? line : setting,
    );
    const settings = MirrorSettings.parse(parse(uncommented));
    expect(Object.keys(settings).sort()).toEqual(Object.keys(MirrorSettings.shape).sort());
  });

  it.each([
    { directory: 'mirror', schema: '../node_modules/seqmirror/schemas/seqmirror.schema.json' },
    { directory: 'platform/mirror', schema: '../../node_modules/seqmirror/schemas/seqmirror.schema.json' },
  ])('points editors from $directory to the schema', async ({ directory, schema }) => {
    await mirror(tree, { directory, skipFormat: true });
    expect(tree.read(`${directory}/seqmirror.yaml`, 'utf8')).toContain(`# yaml-language-server: $schema=${schema}\n`);
  });

  it('sets the workspace up too', async () => {
    await mirror(tree, { directory: 'mirror', skipFormat: true });
    expect(tree.read('.gitignore', 'utf8')).toContain('mirror_*.tar');
  });

  it('resolves the folder relative to the current folder', async () => {
    await mirror(tree, { directory: 'mirror', cwd: 'platform', skipFormat: true });
    expect(tree.exists('platform/mirror/seqmirror.yaml')).toBe(true);
  });

  it('names a mirror after its path if the name is taken', async () => {
    addProjectConfiguration(tree, 'mirror', { root: 'libs/glass' });
    await mirror(tree, { directory: 'platform/mirror', skipFormat: true });
    expect(settingsOf('platform/mirror').name).toBe('platform-mirror');
  });

  it('leaves a mirror as it is', async () => {
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: ours\n');
    await mirror(tree, { directory: 'mirror', skipFormat: true });
    expect(tree.read('mirror/seqmirror.yaml', 'utf8')).toBe('schema: seqmirror/v1\nid: ours\n');
  });

  it('ends by saying how to go on', async () => {
    const said = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    const done = await mirror(tree, { directory: 'mirror', skipFormat: true });
    await done();
    expect(said.mock.calls.flat()).toMatchInlineSnapshot(`
      [
        "seqmirror is set up in this workspace. Keep these files in Git:
        nx.json          loads the plugin
        .gitignore       keeps archives out of Git
        .gitattributes   keeps line endings, and makes Git report a conflict of two seals
        .prettierignore  keeps formatters from changing records
        .env             NX_USE_LOCAL=true: Nx does not ask the npm registry for newer versions",
        "mirror/seqmirror.yaml contains the settings of this mirror; the commented lines show the defaults",
        "Next: nx g seqmirror:sequence baseline --mirror=mirror --from=<imageset config>",
      ]
    `);
  });

  it.each([
    { name: 'a folder outside the workspace', options: { directory: '../mirror' } },
    { name: 'a folder that cannot be an Nx project', options: { directory: 'constructor' } },
    { name: 'a name that no project can have', options: { directory: 'mirror', name: 'a:b' } },
  ])('refuses $name', async ({ options }) => {
    await expect(mirror(tree, { ...options, skipFormat: true })).rejects.toMatchObject({ code: 'SEQ0165' });
  });

  it('prints errors in full', async () => {
    await expect(generator(tree, { directory: '../mirror' })).rejects.toThrow(/SEQ0165 .*\n {2}Why: .*\n {2}Next: /);
  });
});
