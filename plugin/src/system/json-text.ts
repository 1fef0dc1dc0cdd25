import { readStrictJson } from './strict-json';

/**
 * The value of a JSON text from elsewhere; `undefined`, which no schema takes for an object, when it isn't JSON, or is JSON
 * that two programs could read differently: a key twice, or in two spellings, or nested without end.
 *
 * @param maps keys of objects in which any key may stand, where capitals and small letters are told apart
 */
export function valueOfJson(text: string, maps: readonly string[] = []): unknown {
  const read = readStrictJson(Buffer.from(text), { maps, integers: [] });
  return 'refused' in read ? undefined : read.value;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
