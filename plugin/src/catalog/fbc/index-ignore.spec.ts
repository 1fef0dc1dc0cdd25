import { fileInMemory } from './files.fixture';
import { globMatches } from './glob';
import { filesOfCatalog } from './index-ignore';

async function left(files: Readonly<Record<string, string>>): Promise<string[]> {
  const found = await filesOfCatalog(Object.entries(files).map(([path, text]) => fileInMemory(path, text)));
  return found.map(({ path }) => path);
}

// Each case was tried with operator-registry v1.73.
describe('filesOfCatalog', () => {
  it('walks as operator-registry does, and takes files of every name', async () => {
    const files = { 'b.yaml': '', 'a/z': '', 'a.yaml': '', 'a/b/c': '', '.hidden': '' };
    expect(await left(files)).toEqual(['.hidden', 'a/b/c', 'a/z', 'a.yaml', 'b.yaml']);
  });

  it.each([
    ['*.md', 'README.md', true],
    ['**/*.md', 'b/README.md', true],
    ['b/', 'b/c/README.md', true],
    ['/b', 'b/c/README.md', true],
    ['/c', 'b/c/README.md', false],
    ['b/**', 'b/c/README.md', true],
    ['*.txt/', 'x.txt', false],
    ['[x-z].t?t', 'x.txt', true],
    ['[^x].txt', 'x.txt', false],
    ['[]x].txt', 'x.txt', false],
    ['\\x.txt', 'x.txt', true],
    ['/r/**/file1', 'r/long/p/file1', true],
    ['/r/**/file2', 'r/long/p/file1', false],
    ['**/p/*', 'a/r/p/file1', true],
    ['a/**/file1', 'a/r/p/file1', true],
    ['# r\n\n  r  ', 'a/r/p', true],
    ['*\n!*.yaml', 'x.txt', true],
    ['*\n!*.yaml', 'x.yaml', false],
  ])('%j leaves out %s: %s', async (lines, path, isIgnored) => {
    expect(await left({ [path]: '', '.indexignore': lines })).toEqual(isIgnored ? [] : [path]);
  });

  it('lets a folder decide for its content', async () => {
    expect(await left({ 'a/r': '', '.indexignore': 'r', 'a/.indexignore': '!r' })).toEqual(['a/r']);
    expect(await left({ 'a/r': '', r: '', '.indexignore': '!r', 'a/.indexignore': 'r' })).toEqual(['r']);
  });
});

describe('globMatches', () => {
  it('is not slowed down by many stars', () => {
    expect(globMatches(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
  });

  it.each(['[', '[a', '[a-', '[-a]', 'a\\'])('does not accept %j as a pattern', (pattern) => {
    expect(globMatches(pattern, 'a')).toBeUndefined();
  });
});
