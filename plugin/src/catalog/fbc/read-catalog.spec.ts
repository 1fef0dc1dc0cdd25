import { catalogLimits } from './cut-json';
import { documentAt } from './documents';
import { fileInMemory } from './files.fixture';
import { readCatalog } from './read-catalog';

const json = '{"schema":"olm.package","name":"a","defaultChannel":"x"}';
const jsonChannel = '{"schema":"olm.channel","package":"a","name":"x","entries":[{"name":"a.v1"}]}';
const yaml = 'schema: olm.package\nname: a\ndefaultChannel: x\n';
const yamlChannel = 'schema: olm.channel\npackage: a\nname: x\nentries:\n- name: a.v1\n';

async function read(text: string | Buffer, path = 'a/catalog.yaml') {
  return readCatalog([fileInMemory(path, text, { pieceBytes: 5 })]);
}

async function namesIn(text: string | Buffer): Promise<string[]> {
  const { packages, channels } = await read(text);
  return [
    ...packages.map(({ name, defaultChannel }) => `${name} ${defaultChannel}`),
    ...channels.map(
      (channel) => `${channel.package}/${channel.name} ${channel.entries.map(({ name }) => name).join()}`,
    ),
  ];
}

// Each verdict is that of operator-registry v1.73, declcfg.LoadFS, with which oc-mirror reads catalogs.
describe('readCatalog', () => {
  const both = ['a x', 'a/x a.v1'];

  it.each([
    { name: 'JSON documents behind each other', text: json + jsonChannel },
    { name: 'JSON documents on lines', text: `\n\n${json}\n${jsonChannel}\n` },
    { name: 'one JSON document, then YAML', text: `${json}\n${yamlChannel}` },
    { name: 'JSON documents with --- between', text: `${json}\n---\n${jsonChannel}` },
    { name: 'YAML documents', text: `---\n${yaml}---\n${yamlChannel}---\n` },
    { name: 'a remark behind ---', text: `${yaml}--- # remark\n${yamlChannel}` },
    { name: '--- twice', text: `${yaml}---\n---\n${yamlChannel}` },
    { name: 'lines that end as on Windows', text: `${yaml}---\n${yamlChannel}`.replaceAll('\n', '\r\n') },
    { name: 'YAML in braces', text: `{schema: olm.package, name: a, defaultChannel: x}\n---\n${yamlChannel}` },
    { name: 'keys in other capitals', text: json.replace('schema', 'SCHEMA').replace('name', 'Name') + jsonChannel },
    { name: 'a key twice in JSON, of which the last counts', text: `{"name":"b",${json.slice(1)}${jsonChannel}` },
    {
      name: 'a key twice below, of which the last counts',
      text: json + jsonChannel.replace('{"name":"a.v1"}', '{"name":"b.v1","name":"a.v1"}'),
    },
    { name: 'a key twice in YAML, of which the last counts', text: `name: b\n${yaml}---\n${yamlChannel}` },
  ])('accepts $name', async ({ text }) => {
    expect(await namesIn(text)).toEqual(both);
  });

  it.each([
    {
      name: 'a comma between JSON documents',
      text: `${json},${jsonChannel}`,
      why: 'after a JSON document is not JSON',
    },
    {
      name: 'YAML behind two JSON documents',
      text: `${json}${jsonChannel}\n${yamlChannel}`,
      why: 'after a JSON document is not JSON',
    },
    { name: 'a document that ends early', text: json.slice(0, -1), why: 'not complete' },
    { name: 'a second document that ends early', text: json + jsonChannel + json.slice(0, -1), why: 'not complete' },
    { name: 'a line --- with a text', text: `${yaml}--- foo\n${yamlChannel}`, why: 'separates documents' },
    { name: 'an empty line before ---', text: `\n---\n${yaml}`, why: 'no "schema"' },
    { name: 'remarks alone before ---', text: `# remark\n---\n${yaml}`, why: 'no "schema"' },
    { name: 'a text', text: 'hello', why: 'not a map' },
    { name: 'a list of documents', text: `- ${json}`, why: 'not a map' },
    { name: 'a document without schema', text: '{"name":"a"}', why: 'no "schema"' },
    { name: 'a schema that is null', text: '{"schema":null}', why: '"schema" is not a text' },
    { name: 'a name that YAML takes for a number', text: 'schema: olm.package\nname: 4.10\n', why: '"name" is not' },
    {
      name: 'a key in two spellings',
      text: '{"schema":"olm.package","Schema":"x"}',
      why: 'twice, in different capitals',
    },
    {
      name: 'entries that are no list',
      text: jsonChannel.replace('[{"name":"a.v1"}]', '{}'),
      why: '"entries" is not a list',
    },
    {
      name: 'an entry that is a number',
      text: jsonChannel.replace('{"name":"a.v1"}', '1'),
      why: '"entries" must be a list of maps',
    },
    {
      name: 'an object of a bundle that is not base 64',
      text: '{"schema":"olm.bundle","properties":[{"type":"olm.bundle.object","value":{"data":"##"}}]}',
      why: '"data" is not base64',
    },
    {
      name: 'an icon that is not base 64',
      text: '{"schema":"olm.package","icon":{"base64data":"#"}}',
      why: 'is not base64',
    },
    { name: 'what is not UTF-8', text: Buffer.concat([Buffer.from(yaml), Buffer.from([0xff, 0x0a])]), why: 'UTF-8' },
    { name: 'an alias of nothing', text: `${yaml}x: *y\n`, why: 'an alias without an anchor' },
    { name: 'an alias within its anchor', text: `${yaml}x: &x [*x]\n`, why: 'inside its own anchor' },
  ])('refuses $name', async ({ text, why }) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'SEQ0430', why: expect.stringContaining(why) });
  });

  it('refuses YAML whose few lines would expand without end', async () => {
    const lines = [...'bcdefgh'].map((letter, index) => `${letter}: &${letter} [${`*${'abcdefg'[index]},`.repeat(9)}]`);
    const text = `${yaml}a: &a [x,x,x,x,x,x,x,x,x]\n${lines.join('\n')}\n`;
    await expect(read(text)).rejects.toMatchObject({ why: expect.stringContaining('more than 1000000 values') });
  });

  it('gives file and line', async () => {
    const text = `${yaml}---\n${yamlChannel}---\nschema: olm.channel\nentries: {}\n`;
    await expect(read(text, 'b/catalog.yaml')).rejects.toMatchObject({ at: { file: 'b/catalog.yaml', line: 11 } });
  });

  it.each([
    { name: 'in JSON', open: '{"a":', close: '}' },
    { name: 'in YAML', open: '[', close: ']' },
  ])('refuses endless depth $name', async ({ open }) => {
    await expect(read(open.repeat(100_000))).rejects.toMatchObject({ code: 'SEQ0430' });
  });

  it('holds no more of a document than its limit', async () => {
    const limits = { ...catalogLimits, documentBytes: 100 };
    const long = 'x'.repeat(200);
    for (const text of [`{"a":"${long}"}`, `a: ${long}\n`, `a: 1\n`.repeat(50)])
      await expect(readCatalog([fileInMemory('a', text)], { limits })).rejects.toMatchObject({
        why: expect.stringContaining('100 bytes in one document'),
      });
  });

  it('knows the place of each document, and reads it there again', async () => {
    const { packages, channels } = await read(`${json}\n---\n${yamlChannel}---\n${yaml}`);
    const places = [...packages, ...channels].map(({ place }) => place);
    expect(await Promise.all(places.map((place) => documentAt(place, catalogLimits)))).toEqual([
      { schema: 'olm.package', name: 'a', defaultChannel: 'x' },
      { schema: 'olm.package', name: 'a', defaultChannel: 'x' },
      { schema: 'olm.channel', package: 'a', name: 'x', entries: [{ name: 'a.v1' }] },
    ]);
  });

  it('takes from a bundle the facts that decide about it', async () => {
    const { bundles } = await read(`schema: olm.bundle
package: a
name: a.v1.0.0
image: quay.io/a/bundle@sha256:aa
properties:
- type: olm.gvk
  value: {group: a, kind: B, version: v1}
- type: olm.package
  value: {packageName: a, version: 1.0.0}
relatedImages:
- name: operator
  image: quay.io/a/operator@sha256:bb
- image: quay.io/a/bundle@sha256:aa
`);
    expect(bundles).toEqual([
      expect.objectContaining({
        package: 'a',
        name: 'a.v1.0.0',
        image: 'quay.io/a/bundle@sha256:aa',
        version: '1.0.0',
        relatedImages: ['quay.io/a/operator@sha256:bb', 'quay.io/a/bundle@sha256:aa'],
      }),
    ]);
  });
});
