import { parseDestination, pathAt } from './destination';

describe('pathAt', () => {
  it.each([
    { to: 'r.example', most: undefined, repository: 'a/b/c/d', path: 'a/b/c/d' },
    { to: 'r.example/x', most: undefined, repository: 'a/b', path: 'x/a/b' },
    { to: 'r.example', most: 2, repository: 'ubi9/ubi', path: 'ubi9/ubi' },
    { to: 'r.example/x', most: 2, repository: 'ubi9/ubi', path: 'x/ubi9-ubi' },
    { to: 'r.example/x/y', most: 2, repository: 'ubi9/ubi', path: 'x/y-ubi9-ubi' },
    { to: 'r.example/x', most: 3, repository: 'a/b/c', path: 'x/a/b-c' },
    { to: 'r.example/x', most: 4, repository: 'a/b/c', path: 'x/a/b/c' },
  ])('puts $repository below $to, $most parts at most, to $path', ({ to, most, repository, path }) => {
    expect(pathAt(parseDestination(to, { maxNestedPaths: most }), repository)).toBe(path);
  });
});
