import { z } from 'zod';
import { ImageSetConfiguration } from './schema';

/** JSON Schema (draft 7) of an imageset configuration, for editors. */
export function imageSetJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(ImageSetConfiguration, { io: 'input', target: 'draft-7' }),
    title: 'ImageSetConfiguration of oc-mirror v2 (mirror.openshift.io/v2alpha1)',
  };
}
