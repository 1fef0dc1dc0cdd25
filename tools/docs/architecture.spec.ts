import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from '../lint/rooms.mjs';

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
/** `mirror/settings.ts`, `archive/hashing/`, `tools/lint/rooms.mjs`: what stands in backticks and has a slash in it. */
const paths = [...new Set([...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path]) => path as string))];

describe('docs/architecture.md', () => {
  it('names many places', () => expect(paths.length).toBeGreaterThan(60));

  it.each(paths)('names %s, which is there', (path) => {
    expect([join(root, 'plugin/src', path), join(root, path)].some((place) => existsSync(place))).toBe(true);
  });

  it('names every room', () => {
    // A door that is one file has no folder.
    const rooms = rows.flat().filter((room) => !existsSync(join(root, 'plugin/src', `${room}.ts`)));
    for (const room of rooms) expect(paths).toContain(`${room}/`);
    const folders = readdirSync(join(root, 'plugin/src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).filter((name) => !rooms.includes(name))).toEqual([]);
  });
});
