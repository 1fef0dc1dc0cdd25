/** Which keys a zod schema of maps and lists knows, and where. */
import { z } from 'zod';

/** The keys of the map at a path, if the schema has one there; none for records, which allow any key. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<unknown>(
    (parent, key) => (parent instanceof z.ZodArray ? bare(parent.element) : memberOf(parent, String(key))),
    bare(schema),
  );
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

export function memberOf(schema: unknown, key: string): unknown {
  if (schema instanceof z.ZodRecord) return bare(schema.valueType);
  return schema instanceof z.ZodObject && Object.hasOwn(schema.shape, key) ? bare(schema.shape[key]) : undefined;
}

/** The schema inside wrappers for optional values and defaults. */
export function bare(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable;
  return isWrapped ? bare(schema.unwrap()) : schema;
}
