import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const suites = [...new Set([...text.matchAll(/`([\w.-]+\/[\w./-]+\.spec\.ts)`/g)].map(([, path]) => path as string))];

describe('SECURITY.md', () => {
  it('names suites for its attacks', () => expect(suites.length).toBeGreaterThan(10));

  it.each(suites)('names %s, which is there', (suite) => {
    expect(existsSync(join(root, suite))).toBe(true);
  });
});
