import { graphUpTo } from './release-graph';

const node = (version: string) => ({ version, payload: `quay.io/ocp@${version}`, metadata: { url: version } });
const graph = (versions: string[], edges: [number, number][] = []) =>
  JSON.stringify({ version: 1, nodes: versions.map(node), edges, conditionalEdges: [] });

describe('graphUpTo', () => {
  it('leaves a graph unchanged if its newest release is one of these', () => {
    const text = graph(['4.19.1', '4.19.2'], [[0, 1]]);
    expect(graphUpTo(text, ['4.19.2'])).toBe(text);
  });

  it('removes newer releases, with the updates to them', () => {
    const text = graph(
      ['4.19.3', '4.19.1', '4.19.10', '4.19.2'],
      [
        [1, 3],
        [3, 0],
        [0, 2],
      ],
    );
    expect(JSON.parse(graphUpTo(text, ['4.19.1', '4.19.2', '4.18.9']) ?? '')).toEqual({
      version: 1,
      nodes: ['4.19.1', '4.19.2'].map(node),
      edges: [[0, 1]],
      conditionalEdges: [],
    });
  });

  it.each([
    { name: 'that knows none of them', text: graph(['4.19.1']), releases: ['4.19.2'] },
    { name: 'that is not JSON', text: 'nodes: []', releases: ['4.19.2'] },
    { name: 'that is another document', text: '{"nodes":[{"name":"4.19.2"}]}', releases: ['4.19.2'] },
  ])('returns nothing for a graph $name', ({ text, releases }) => {
    expect(graphUpTo(text, releases)).toBeUndefined();
  });
});
