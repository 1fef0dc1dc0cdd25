import { z } from 'zod';
import { imageSetJsonSchema } from '../../plugin/src/imageset/json-schema';
import { MirrorSettings } from '../../plugin/src/mirroring/settings';
import { recordJsonSchemas } from '../../plugin/src/sequence/json-schemas';
import { bundleJsonSchemas } from '../../plugin/src/transfer/bundle/bundle-yaml';
import { siteJsonSchemas } from '../../plugin/src/transfer/json-schemas';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** All JSON Schemas that the package publishes, by file name. */
export function publishedJsonSchemas(): Record<string, JsonSchema> {
  return {
    'seqmirror.schema.json': settingsJsonSchema(),
    'imageset-config.schema.json': imageSetJsonSchema(),
    ...recordJsonSchemas(),
    ...siteJsonSchemas(),
    ...bundleJsonSchemas(),
  };
}

/** JSON Schema (draft 7) of seqmirror.yaml. */
export function settingsJsonSchema(): JsonSchema {
  return {
    ...z.toJSONSchema(MirrorSettings, { io: 'input', target: 'draft-7' }),
    title: 'Settings of a mirror (seqmirror.yaml)',
  };
}
