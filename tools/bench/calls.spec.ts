import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

describe('calls.cjs', () => {
  it('calls modules that the package has', () => {
    const text = readFileSync(join(__dirname, 'calls.cjs'), 'utf8');
    const modules = [...text.matchAll(/product\('([^']+)\.js'\)/g)].map(([, path]) => path as string);
    expect(modules.length).toBeGreaterThan(5);
    const missing = modules.filter((path) => !existsSync(join(__dirname, '../../plugin/src', `${path}.ts`)));
    expect(missing).toEqual([]);
  });
});
