import { logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { site, type SiteOptions } from './generator';

describe('site', () => {
  let tree: Tree;
  const generate = (options: SiteOptions) => site(tree, { skipFormat: true, ...options });
  beforeEach(() => {
    process.env['NX_INTERACTIVE'] = 'false';
    tree = createTreeWithEmptyWorkspace();
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
  });
  afterEach(() => jest.restoreAllMocks());

  it('needs only a code name', async () => {
    await generate({ name: 'bravo' });
    expect(tree.children('mirror/sites/bravo').sort()).toEqual(['ledger.yaml', 'site.yaml']);
    expect(tree.read('mirror/sites/bravo/site.yaml', 'utf8')).toMatchInlineSnapshot(`
      "# A site: a disconnected registry, under a code name.
      # You can leave out the registry, so that Git does not contain its address. The site then names the registry.

      schema: seqmirror/v1
      name: bravo
      # How the site answers: file (a receipt), code (12 characters, typed or read over a phone), none (a diode).
      receipts: file
      "
    `);
    expect(tree.read('mirror/sites/bravo/ledger.yaml', 'utf8')).toMatchInlineSnapshot(`
      "# What this site has acknowledged: it holds all that the images of these sequences need.
      # Written by acknowledge and rollback. The next bundle leaves out what stands here.

      schema: seqmirror/v1
      entries: []
      "
    `);
  });

  it('writes down what else is known', async () => {
    await generate({
      name: 'charlie',
      registry: 'registry.example:5000/mirror',
      media: 4_700_000_000,
      receipts: 'none',
      description: 'behind a diode',
    });
    expect(tree.read('mirror/sites/charlie/site.yaml', 'utf8')).toMatchInlineSnapshot(`
      "# A site: a disconnected registry, under a code name.
      # You can leave out the registry, so that Git does not contain its address. The site then names the registry.

      schema: seqmirror/v1
      name: charlie
      description: behind a diode
      registry: registry.example:5000/mirror
      # dvd5, dvd9, bd25, bd50, bd100, fat32, usb:64G, or a number of bytes. Without it: one folder of any size.
      media: |-
        4700000000
      # How the site answers: file (a receipt), code (12 characters, typed or read over a phone), none (a diode).
      receipts: none
      "
    `);
  });

  it('leaves a site as it is', async () => {
    await generate({ name: 'bravo' });
    tree.write('mirror/sites/bravo/site.yaml', 'edited');
    await generate({ name: 'bravo', media: 'bd25' });
    expect(tree.read('mirror/sites/bravo/site.yaml', 'utf8')).toBe('edited');
  });

  it('ends by saying how to go on', async () => {
    const said = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    await (
      await generate({ name: 'bravo' })
    )();
    expect(said.mock.calls.flat()).toEqual([
      'mirror/sites/bravo/site.yaml contains your settings for bravo\nNext: nx run mirror-site-bravo:status',
    ]);
  });

  it.each([
    { name: 'a name with a slash', options: { name: 'a/b' }, code: 'SEQ0612' },
    { name: 'a name with capitals', options: { name: 'Bravo' }, code: 'SEQ0612' },
    { name: 'a registry with credentials', options: { name: 'a', registry: 'me:pw@host' }, code: 'SEQ0168' },
    {
      name: 'a registry with credentials and a scheme',
      options: { name: 'a', registry: 'https://me:pw@host' },
      code: 'SEQ0168',
    },
    { name: 'an unknown medium', options: { name: 'a', media: 'zip' }, code: 'SEQ0168' },
    { name: 'an unknown mirror', options: { name: 'a', mirror: 'b' }, code: 'SEQ0161' },
    { name: 'a description of two lines', options: { name: 'a', description: 'a\nb' }, code: 'SEQ0610' },
  ])('refuses $name, and writes nothing', async ({ options, code }) => {
    await expect(generate(options)).rejects.toMatchObject({
      ...{ code, what: expect.not.stringContaining('pw') as string },
    });
    expect(tree.exists('mirror/sites')).toBe(false);
  });
});
