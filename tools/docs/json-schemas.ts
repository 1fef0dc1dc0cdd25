import { z } from 'zod';
import { bundleJsonSchemas } from '../../plugin/src/bundle-format/bundle-yaml';
import { imageSetJsonSchema } from '../../plugin/src/imageset/json-schema';
import { MirrorSettings } from '../../plugin/src/mirror/settings';
import { siteJsonSchemas } from '../../plugin/src/mirror/sites/sites';
import { recordJsonSchemas } from '../../plugin/src/sequence/json-schemas';

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
