import { logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import generator, { sequence, type SequenceOptions } from './generator';

const config = `# What the platform needs
kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  additionalImages: # kept in this order
    - name: registry.redhat.io/ubi9/ubi:9.5
    - name: quay.io/acme/tool:1.2
`;

describe('sequence', () => {
  let tree: Tree;
  const generate = (options: SequenceOptions) => sequence(tree, { skipFormat: true, ...options });
  const read = (file: string) => tree.read(`mirror/content/${file}`, 'utf8');
  beforeEach(() => {
    process.env['NX_INTERACTIVE'] = 'false';
    tree = createTreeWithEmptyWorkspace();
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
    tree.write('isc.yaml', config);
  });
  afterEach(() => jest.restoreAllMocks());

  it('begins a chain with the given configuration, unchanged', async () => {
    await generate({ name: 'baseline', from: 'isc.yaml' });
    expect(read('seq1-baseline/imageset-config.yaml')).toBe(config);
    expect(read('seq1-baseline/sequence.yaml')).toMatchInlineSnapshot(`
      "# The intent of this sequence. You can edit this file and imageset-config.yaml until the sequence is sealed.

      schema: seqmirror/v1
      description: baseline
      # The base, whose blobs the archives leave out: all earlier sequences (previous),
      # one earlier sequence and its own base (seq1), or no sequence, for a new baseline (none).
      base: previous
      config_source: isc.yaml
      "
    `);
  });

  it('continues with a copy of the last configuration', async () => {
    await generate({ name: 'baseline', from: 'isc.yaml' });
    await generate({ name: 'add-logging', base: '1', description: 'Logging, for the auditors', refresh: true });
    expect(read('seq2-add-logging/imageset-config.yaml')).toBe(config);
    expect(read('seq2-add-logging/sequence.yaml')).toMatchInlineSnapshot(`
      "# The intent of this sequence. You can edit this file and imageset-config.yaml until the sequence is sealed.

      schema: seqmirror/v1
      description: Logging, for the auditors
      # The base, whose blobs the archives leave out: all earlier sequences (previous),
      # one earlier sequence and its own base (seq1), or no sequence, for a new baseline (none).
      base: seq1
      # The imageset configuration is the same as before, because catalogs and tags have changed.
      refresh: true
      config_source: ../seq1-baseline/imageset-config.yaml
      "
    `);
  });

  it('ignores a folder that a switch of branches left behind, and takes its number', async () => {
    await generate({ name: 'baseline', from: 'isc.yaml' });
    tree.write('mirror/content/seq6-tempo/mirror_000001.tar', 'a link to the store');
    await generate({ name: 'add-logging' });
    expect(read('seq2-add-logging/imageset-config.yaml')).toBe(config);
  });

  it('does not take a number that chain.lock has, although the folder is gone', async () => {
    await generate({ name: 'baseline', from: 'isc.yaml' });
    tree.write(
      'mirror/content/chain.lock',
      `1 seq1-baseline sha256:${'a'.repeat(64)}\n2 seq2-gone sha256:${'b'.repeat(64)}\n`,
    );
    await generate({ name: 'add-logging' });
    expect(read('seq3-add-logging/imageset-config.yaml')).toBe(config);
  });

  it('resolves files relative to the current folder', async () => {
    tree.write('somewhere/else/other.yaml', config.replace('9.5', '9.6'));
    await generate({ name: 'baseline', from: '../else/other.yaml', cwd: 'somewhere/here' });
    expect(read('seq1-baseline/imageset-config.yaml')).toContain('ubi:9.6');
  });

  it('copies text from another system with its own line ends', async () => {
    tree.write('isc.yaml', `\uFEFF${config.replaceAll('\n', '\r\n')}`);
    await generate({ name: 'baseline', from: 'isc.yaml' });
    expect(read('seq1-baseline/imageset-config.yaml')).toBe(config);
  });

  it('ends by saying what to edit and what to run', async () => {
    const said = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    await (
      await generate({ name: 'baseline', from: 'isc.yaml' })
    )();
    await (
      await generate({ name: 'add-logging' })
    )();
    expect(said.mock.calls.flat()).toMatchInlineSnapshot(`
      [
        "Next: nx run mirror:seq1",
        "Edit mirror/content/seq2-add-logging/imageset-config.yaml, then: nx run mirror:seq2",
      ]
    `);
  });

  it('refuses what oc-mirror would refuse, with file and line, and writes nothing', async () => {
    tree.write('isc.yaml', config.replace('additionalImages', 'aditionalImages'));
    const before = tree.listChanges().length;
    await expect(generator(tree, { name: 'baseline', from: 'isc.yaml' })).rejects.toThrow(
      /^SEQ0101 isc\.yaml:5:3: .*aditionalImages/,
    );
    expect(tree.listChanges()).toHaveLength(before);
  });

  it.each([
    { name: 'a first sequence with nothing to start from', options: { name: 'a' }, code: 'SEQ0162' },
    { name: 'a configuration that is missing', options: { name: 'a', from: 'no.yaml' }, code: 'SEQ0163' },
    { name: 'a base that is not in the chain', options: { name: 'a', from: 'isc.yaml', base: '1' }, code: 'SEQ0164' },
    { name: 'a name without letters or digits', options: { name: '/', from: 'isc.yaml' }, code: 'SEQ0165' },
    { name: 'an unknown mirror', options: { name: 'a', from: 'isc.yaml', mirror: 'b' }, code: 'SEQ0161' },
  ])('refuses $name', async ({ options, code }) => {
    await expect(generate(options)).rejects.toMatchObject({ code });
    expect(tree.exists('mirror/content')).toBe(false);
  });

  it('says how to make a mirror in a workspace without one', async () => {
    tree.delete('mirror');
    await expect(generator(tree, { name: 'a' })).rejects.toThrow('Next:  nx g seqmirror:mirror mirror');
  });
});
