import { recordJsonSchemas } from './json-schemas';

describe('recordJsonSchemas', () => {
  const schemas = recordJsonSchemas();

  it('has a schema for each format', () => {
    expect(Object.keys(schemas)).toEqual([
      'sequence.schema.json',
      'seq-metadata.schema.json',
      'seq-inventory.schema.json',
      'custody.schema.json',
    ]);
  });

  it.each(Object.entries(schemas))('%s is draft 7, closed, and describes itself', (_, schema) => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema.description).toEqual(expect.any(String));
    expect(JSON.stringify(schema)).toContain('"additionalProperties":false');
  });

  it('keeps a key with a default optional', () => {
    expect(schemas['sequence.schema.json']!.required).toEqual(['schema', 'description']);
  });
});
