import { logger, readNxJson, updateNxJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { init } from './generator';

const pluginsOf = (tree: Tree) =>
  readNxJson(tree)?.plugins?.filter((entry) => JSON.stringify(entry).includes('seqmirror'));

describe('init', () => {
  let tree: Tree;
  beforeEach(() => (tree = createTreeWithEmptyWorkspace()));

  it('registers the plugin', async () => {
    await init(tree, { skipFormat: true });
    expect(pluginsOf(tree)).toEqual(['seqmirror']);
  });

  it('makes an nx.json that registers the plugin in a folder that has none, the state after npm install', async () => {
    tree.delete('nx.json');
    const said = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    await (
      await init(tree, { skipFormat: true })
    )();
    expect(tree.read('nx.json', 'utf8')).toMatchInlineSnapshot(`
      "{
        "$schema": "./node_modules/nx/schemas/nx-schema.json",
        "analytics": false,
        "plugins": [
          "seqmirror"
        ]
      }
      "
    `);
    expect(pluginsOf(tree)).toEqual(['seqmirror']);
    expect(said.mock.calls.flat().join('\n')).toMatchInlineSnapshot(`
      "seqmirror is set up in this workspace. Keep these files in Git:
        nx.json          is new: makes this folder an Nx workspace that sends no usage data, and loads the plugin
        .gitignore       keeps files of npm and Nx out of Git
        .gitignore       keeps archives out of Git
        .gitattributes   keeps line endings, and makes Git report a conflict of two seals
        .prettierignore  keeps formatters from changing records
        .env             NX_USE_LOCAL=true: Nx does not ask the npm registry for newer versions
      Next: nx g seqmirror:mirror mirror"
    `);
    said.mockRestore();
    const again = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    const before = tree.read('nx.json', 'utf8');
    await (
      await init(tree, { skipFormat: true })
    )();
    expect(tree.read('nx.json', 'utf8')).toBe(before);
    expect(again.mock.calls.flat()[0]).toBe('seqmirror was set up already; nothing was changed');
    again.mockRestore();
  });

  it('registers the plugin beside what nx.json extends', async () => {
    tree.write('nx.json', '{ "extends": "nx/presets/npm.json" }');
    await init(tree, { skipFormat: true });
    expect(pluginsOf(tree)).toEqual(['seqmirror']);
    expect(readNxJson(tree)?.extends).toBe('nx/presets/npm.json');
  });

  it.each(['{ "plugins": {} }', '{ "plugins": "seqmirror" }', '[]', 'null', ''])(
    'refuses an nx.json that it cannot register in: %j',
    async (text) => {
      tree.write('nx.json', text);
      await expect(init(tree, { skipFormat: true })).rejects.toMatchObject({ code: 'SEQ0169' });
      expect(tree.exists('.env')).toBe(false);
    },
  );

  it('leaves a registration with options as it is', async () => {
    const entry = { plugin: 'seqmirror', options: { targetPrefix: 'chain-' } };
    updateNxJson(tree, { ...readNxJson(tree), plugins: [entry] });
    await init(tree, { skipFormat: true });
    expect(pluginsOf(tree)).toEqual([entry]);
  });

  it('tells Git, prettier and Nx what they must know', async () => {
    await init(tree, { skipFormat: true });
    const files = ['.gitignore', '.gitattributes', '.prettierignore', '.env'];
    expect(files.map((file) => `${file}\n${tree.read(file, 'utf8')}`).join('\n')).toMatchInlineSnapshot(`
      ".gitignore
      # seqmirror: links to archives in the data directory, copies of the upload script, and files that uploads leave
      **/content/seq*/mirror_*.tar
      **/content/seq*/seq-upload.sh
      **/content/seq*/working-dir/

      .gitattributes
      # seqmirror: records keep their line ends, and two branches that seal the same number get a merge conflict
      **/content/chain.lock text eol=lf merge
      **/content/chain.lock.sig -text
      **/content/seq*/*.yaml text eol=lf
      **/content/seq*/seq-inventory.jsonl text eol=lf
      **/content/seq*/SHA256SUMS text eol=lf
      **/content/seq-upload.sh text eol=lf
      **/content/seq*/seq-upload.* text eol=lf
      **/content/seq*/images.txt text eol=lf

      .prettierignore
      # seqmirror: records must not change by a single byte
      **/content/chain.lock
      **/content/seq*/imageset-config.pinned.yaml
      **/content/seq*/seq-metadata.yaml
      **/content/seq*/seq-inventory.jsonl
      **/content/seq*/SHA256SUMS

      .env
      # Without this, the Nx daemon asks the npm registry for the newest Nx at every start.
      NX_USE_LOCAL=true
      "
    `);
  });

  it('does not change what a person decided about the daemon', async () => {
    tree.write('.env', 'NX_USE_LOCAL=false\n');
    await init(tree, { skipFormat: true });
    expect(tree.read('.env', 'utf8')).toBe('NX_USE_LOCAL=false\n');
  });

  it('changes nothing the second time', async () => {
    await init(tree, { skipFormat: true });
    const contents = () => tree.listChanges().map(({ path, content }) => [path, String(content)]);
    const before = contents();
    await init(tree, { skipFormat: true });
    expect(contents()).toEqual(before);
  });
});
