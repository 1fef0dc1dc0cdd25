import { z } from 'zod';
import { Ledger } from './ledger';
import { Site } from './site';
import { Transfer } from './transfer-record';

/** JSON Schemas of the files in a site's folder, by the name under which the package publishes them. */
export function siteJsonSchemas(): Record<string, z.core.JSONSchema.BaseSchema> {
  return {
    'site.schema.json': jsonSchemaOf(Site),
    'ledger.schema.json': jsonSchemaOf(Ledger),
    'transfer.schema.json': jsonSchemaOf(Transfer),
  };
}

// `io: input` keeps keys with a default optional; draft 7 is what editors' YAML support reads.
function jsonSchemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
}
