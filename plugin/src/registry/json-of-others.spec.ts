/** Foreign JSON is read unambiguously or refused: programs read a key that appears twice differently. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTemporaryFolder } from '../archive/archive.fixture';
import { componentsIn } from '../release/image-references';
import { graphUpTo, payloadsIn } from '../release/release-graph';
import { decodeInventory } from '../sequence/inventory';
import { readAuthFile } from './auth-file';
import { createLab } from './scripted-registry.fixture';

const [mine, theirs] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];

describe('JSON with a key that appears twice, or in two spellings', () => {
  const lab = createLab();
  afterAll(() => lab.close());

  it.each(['"auth": "bWU6b25l", "auth": "bWU6dHdv"', '"auth": "bWU6b25l", "Auth": "bWU6dHdv"'])(
    'is not an auth file: %s',
    (entry) =>
      inTemporaryFolder(async (folder) => {
        const file = join(folder, 'auth.json');
        await writeFile(file, `{"auths": {"registry.example": {${entry}}}}`);
        await expect(readAuthFile(file, { required: true })).rejects.toMatchObject({
          code: 'SEQ0512',
          what: expect.stringContaining('contains a key twice') as string,
        });
      }),
  );

  it('is an auth file if two registries differ only in case', () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'auth.json');
      await writeFile(file, '{"auths": {"a.example/A": {"auth": "bWU6b25l"}, "a.example/a": {"auth": "bWU6dHdv"}}}');
      expect((await readAuthFile(file, { required: true }))?.auths.size).toBe(2);
    }));

  it('is not a list of tags, nor an answer with a token', async () => {
    const tags = await lab.serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"tags": ["1"], "tags": ["2"]}');
    });
    const list = async (host: string) => {
      const found: string[] = [];
      const reference = { host, repository: 'app', kind: 'tag', reference: '1' } as never;
      for await (const tag of lab.client([tags]).tags(reference, { signal: new AbortController().signal }))
        found.push(tag);
      return found;
    };
    await expect(list(tags.host)).rejects.toMatchObject({ what: expect.stringContaining('list of tags') as string });
  });

  it('is not a line of an inventory', () => {
    const blob = { record: 'blob', digest: mine, bytes: 5 };
    const head = JSON.stringify({ record: 'inventory', schema: 'seqmirror/v1', images: 0, blobs: 1 });
    expect(decodeInventory(`${head}\n${JSON.stringify(blob)}\n`, 'f').blobs).toHaveLength(1);
    const twice = JSON.stringify(blob).replace('"bytes"', `"digest":"${theirs}","bytes"`);
    expect(() => decodeInventory(`${head}\n${twice}\n`, 'f')).toThrow(/"digest" is in it twice/);
  });

  it('does not name a payload of a graph, nor a component of a release', () => {
    const node = `"version": "4.20.1", "payload": "quay.io/mine@${mine}"`;
    const graph = (more: string) => `{"nodes": [{${node}${more}}], "edges": []}`;
    expect(payloadsIn(graph('')).size).toBe(1);
    const forged = graph(`, "payload": "quay.io/theirs@${theirs}"`);
    expect([payloadsIn(forged).size, graphUpTo(forged, ['4.20.1'])]).toEqual([0, undefined]);
    const from = (more: string) =>
      `{"kind": "ImageStream", "spec": {"tags": [{"name": "etcd", "from": {"name": "a"${more}}}]}}`;
    expect(componentsIn(from(''), { file: 'f' })).toHaveLength(1);
    expect(() => componentsIn(from(', "Name": "b"'), { file: 'f' })).toThrow('SEQ0248');
  });
});
