import { placeOf, readUpdateGraph, shortestWay } from './update-graph';

const payload = `quay.io/ocp@sha256:${'a'.repeat(64)}`;
const read = (text: string) => readUpdateGraph(Buffer.from(text), { from: 'stable-4.19' });

describe('readUpdateGraph', () => {
  it('reads releases and updates, and leaves out updates of releases that are not there', () => {
    const nodes = ['4.19.1', '4.19.2+arm64'].map((version) => ({ version, payload, metadata: { url: 'u', URL: 'v' } }));
    const edges = [
      [0, 1],
      [0, 2],
      [7, 1],
    ];
    const graph = read(JSON.stringify({ version: 1, nodes, edges, conditionalEdges: [{ edges: [], risks: [] }] }));
    expect(graph.nodes.map(({ version }) => version.raw)).toEqual(['4.19.1', '4.19.2+arm64']);
    expect(graph.edges).toEqual([[0, 1]]);
  });

  it('accepts an empty answer as an empty graph, as oc-mirror does', () => {
    expect(read('{}')).toEqual({ nodes: [], edges: [] });
    expect(read('{"nodes":null,"edges":null}')).toEqual({ nodes: [], edges: [] });
  });

  it.each([
    { name: 'a login page', text: '<html>Please log in</html>' },
    { name: 'a list', text: '[]' },
    { name: 'a release without a version', text: '{"nodes":[{"payload":"x"}]}' },
    { name: 'a version of two numbers', text: '{"nodes":[{"version":"4.19"}]}' },
    { name: 'a version with a v', text: '{"nodes":[{"version":"v4.19.2"}]}' },
    {
      name: 'a payload twice, of which programs take one or the other',
      text: '{"nodes":[{"version":"4.19.2","payload":"a","payload":"b"}]}',
    },
    { name: 'nodes in other capitals beside nodes', text: '{"nodes":[],"Nodes":[]}' },
    { name: 'an update of one end', text: '{"nodes":[],"edges":[[0]]}' },
    { name: 'an update to a place before the first', text: '{"nodes":[],"edges":[[0,-1]]}' },
    { name: 'endless depth', text: '['.repeat(1_000_000) },
    { name: 'a payload of a megabyte', text: `{"nodes":[{"version":"4.19.2","payload":"${'x'.repeat(2 ** 20)}"}]}` },
  ])('refuses $name', ({ text }) => {
    expect(() => read(text)).toThrow('SEQ0420');
  });
});

describe('shortestWay', () => {
  const graphOf = (versions: string[], edges: [number, number][]) =>
    read(JSON.stringify({ nodes: versions.map((version) => ({ version, payload })), edges }));
  const wayOf = (graph: ReturnType<typeof graphOf>, from: number, to: number) =>
    shortestWay(graph, from, to).map(({ version }) => version.raw);

  it('takes the higher of two ways of the same length', () => {
    const graph = graphOf(
      ['4.1.0', '4.1.1', '4.1.2', '4.1.3'],
      [
        [0, 1],
        [0, 2],
        [1, 3],
        [2, 3],
      ],
    );
    expect(wayOf(graph, 0, 3)).toEqual(['4.1.0', '4.1.2', '4.1.3']);
  });

  it('is empty if no way leads there, is one release if it begins at its end, and ends in a cycle too', () => {
    const graph = graphOf(
      ['4.1.0', '4.1.1', '4.1.2'],
      [
        [0, 1],
        [1, 0],
      ],
    );
    expect(wayOf(graph, 0, 2)).toEqual([]);
    expect(wayOf(graph, 2, 2)).toEqual(['4.1.2']);
  });

  it('walks a graph of ten thousand releases', () => {
    const versions = Array.from({ length: 10_000 }, (_, index) => `4.1.${index}`);
    const graph = graphOf(
      versions,
      versions.slice(1).map((_, index) => [index, index + 1]),
    );
    expect(wayOf(graph, 0, 9_999)).toHaveLength(10_000);
    expect(placeOf(graph, (graph.nodes[9_999] as (typeof graph.nodes)[0]).version)).toBe(9_999);
  });
});
