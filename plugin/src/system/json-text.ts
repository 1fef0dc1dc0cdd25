import { readStrictJson } from './strict-json';

/**
 * The value of a foreign JSON text. `undefined`, which no schema accepts as an object, if it isn't JSON, or programs
 * could read it differently: a key twice, or in two spellings, or endless nesting.
 *
 * @param maps keys of objects in which any key may stand, where case matters
 */
export function valueOfJson(text: string, maps: readonly string[] = []): unknown {
  const read = readStrictJson(Buffer.from(text), { maps, integers: [] });
  return 'refused' in read ? undefined : read.value;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
