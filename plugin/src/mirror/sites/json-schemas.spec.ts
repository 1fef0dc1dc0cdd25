import { siteJsonSchemas } from './json-schemas';

describe('siteJsonSchemas', () => {
  const schemas = siteJsonSchemas();

  it('has a schema for each format', () => {
    expect(Object.keys(schemas)).toEqual(['site.schema.json', 'ledger.schema.json', 'transfer.schema.json']);
  });

  it.each(Object.entries(schemas))('%s is draft 7, closed, and describes itself', (_, schema) => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema.description).toEqual(expect.any(String));
    expect(JSON.stringify(schema)).toContain('"additionalProperties":false');
  });

  it('keeps keys with a default optional', () => {
    expect(schemas['site.schema.json']!.required).toEqual(['schema', 'name']);
  });
});
