import { z } from 'zod';
import { Custody } from './custody';
import { SequenceIntent } from './intent';
import { InventoryRecord } from './inventory-record';
import { SequenceMetadata } from './metadata';

/** JSON Schemas of the files in a sequence's folder, by the name under which the package publishes them. */
export function recordJsonSchemas(): Record<string, z.core.JSONSchema.BaseSchema> {
  return {
    'sequence.schema.json': jsonSchemaOf(SequenceIntent),
    'seq-metadata.schema.json': jsonSchemaOf(SequenceMetadata),
    'seq-inventory.schema.json': jsonSchemaOf(InventoryRecord),
    'custody.schema.json': jsonSchemaOf(Custody),
  };
}

// `io: input` keeps keys with a default optional; draft 7 is what editors' YAML support reads.
function jsonSchemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
}
