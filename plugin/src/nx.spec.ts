import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { executors } from '../executors.json';
import { generators } from '../generators.json';
import { generators as migrations } from '../migrations.json';
import * as nx from './nx';

interface Row {
  readonly schema: string;
  readonly implementation?: string;
  readonly batchImplementation?: string;
  readonly factory?: string;
}

const rows = [...Object.entries<Row>(executors), ...Object.entries<Row>(generators)].map(([name, row]) => ({
  name,
  row,
}));

describe('nx', () => {
  it.each(rows)('has the function that $name names, and its schema is there', ({ row }) => {
    const { implementation, batchImplementation, factory, schema } = row;
    for (const named of [implementation, batchImplementation, factory].filter((each) => each !== undefined)) {
      const [path, name = ''] = named.split('#');
      expect(path).toBe('./dist/nx');
      expect(nx).toHaveProperty(name, expect.any(Function));
    }
    // The build copies it.
    expect(existsSync(join(__dirname, schema.replace('./dist/', '')))).toBe(true);
  });

  it.each(Object.entries(migrations))('has the function of the migration %s', (_, { implementation }) => {
    const [path, name = ''] = implementation.split('#');
    expect(path).toBe('./dist/nx');
    expect(nx).toHaveProperty(name, expect.any(Function));
  });
});
