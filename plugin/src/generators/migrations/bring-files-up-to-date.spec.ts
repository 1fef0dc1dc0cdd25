import { readNxJson, updateNxJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { mirror } from '../mirror/generator';
import { bringFilesUpToDate } from './bring-files-up-to-date';
import { earlierGitattributes, earlierSettings } from '../../../../testing/worlds/earlier-workspace';

const texts = (tree: Tree) => tree.listChanges().map(({ path, content }) => [path, String(content)]);

describe('bringFilesUpToDate', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    updateNxJson(tree, { ...readNxJson(tree), plugins: ['seqmirror'] });
  });

  it('brings a workspace of an earlier build to what a new one has, and then changes nothing', async () => {
    tree.write('.gitattributes', `*.bin binary\n\n${earlierGitattributes}`);
    tree.write('mirror/seqmirror.yaml', earlierSettings.replace('# retries: 5', 'retries: 9 # of ours'));
    expect(await bringFilesUpToDate(tree)).toMatchInlineSnapshot(`
      [
        ".gitignore: keeps archives out of Git",
        ".gitattributes: keeps line endings, and makes Git report a conflict of two seals",
        ".prettierignore: keeps formatters from changing records",
        ".env: NX_USE_LOCAL=true: Nx does not ask the npm registry for newer versions",
        "mirror/seqmirror.yaml: its comments now name every setting",
      ]
    `);
    expect(tree.read('.gitattributes', 'utf8')).toMatchInlineSnapshot(`
      "*.bin binary

      # seqmirror: records keep their line ends everywhere, and two seals of one number meet as a conflict
      **/content/chain.lock text eol=lf merge
      **/content/seq*/*.yaml text eol=lf
      **/content/seq*/seq-inventory.jsonl text eol=lf
      **/content/seq*/SHA256SUMS text eol=lf

      # seqmirror: records keep their line ends, and two branches that seal the same number get a merge conflict
      **/content/chain.lock.sig -text
      **/content/seq-upload.sh text eol=lf
      **/content/seq*/seq-upload.* text eol=lf
      **/content/seq*/images.txt text eol=lf
      "
    `);
    const settings = tree.read('mirror/seqmirror.yaml', 'utf8') ?? '';
    expect(settings).toContain('\nretries: 9 # of ours\n');
    expect(settings).toContain('\nid: mirror-0a1b2c3d\n');
    expect(settings).not.toContain('additional images only');
    // Each block of a new file is there, once.
    for (const key of ['engine', 'dataDir', 'ocMirror', 'embedded', 'helm', 'registries', 'ci', 'signing'])
      expect(settings.match(new RegExp(`^# ${key}:`, 'gm'))).toHaveLength(1);
    const before = texts(tree);
    expect(await bringFilesUpToDate(tree)).toEqual([]);
    expect(texts(tree)).toEqual(before);
  });

  it('changes nothing in a workspace of this version', async () => {
    await mirror(tree, { directory: 'mirror', skipFormat: true });
    const before = texts(tree);
    expect(await bringFilesUpToDate(tree)).toEqual([]);
    expect(texts(tree)).toEqual(before);
  });

  it('adds no comment for a setting that is set', async () => {
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: a\nembedded: { attachments: none }\n');
    await bringFilesUpToDate(tree);
    expect(tree.read('mirror/seqmirror.yaml', 'utf8')).not.toContain('# embedded:');
  });
});
