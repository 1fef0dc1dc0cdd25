/**
 * Values of JSON as Go's encoding/json puts them into the fields of a struct: a key is found in any case, null counts
 * as missing, and a value of another type than the field's is refused.
 */
import type { JsonObject } from '../../system/json-text';
import { isObject } from '../../system/json-text';
import { foldedKey } from '../../system/strict-json';

/** A value has another type than Go requires. */
export class WrongField extends Error {}

/**
 * What Go finds under a key. If several spellings are there, operator-registry has sorted the keys before, and the last
 * counts.
 */
export function field(object: JsonObject, name: string): unknown {
  const key = keyOf(object, name);
  return key === undefined ? undefined : object[key];
}

/** The key as it is spelled. */
export function keyOf(object: JsonObject, name: string): string | undefined {
  let found: string | undefined;
  for (const key of Object.keys(object)) {
    if (key !== name && (key.length !== name.length || foldedKey(key) !== foldedKey(name))) continue;
    if (found === undefined || key > found) found = key;
  }
  return found;
}

/** A key that is there in another spelling too, for which operator-registry refuses a document. */
export function keySpelledTwice(object: JsonObject): string | undefined {
  const keys = Object.keys(object);
  const folded = new Set(keys.map(foldedKey));
  if (folded.size === keys.length) return undefined;
  return keys.find((key, index) => keys.findIndex((other) => foldedKey(other) === foldedKey(key)) !== index);
}

/** A missing field is the empty text, and half a surrogate pair becomes U+FFFD, as in Go. */
export function textField(object: JsonObject, name: string): string {
  const value = field(object, name) ?? '';
  if (typeof value !== 'string') throw new WrongField(`"${name}" is not a text`);
  return value.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** The objects of a list; a missing list is empty, and null in it an empty object. */
export function objectsField(object: JsonObject, name: string): JsonObject[] {
  return listField(object, name).map((item) => {
    const value = item ?? {};
    if (!isObject(value)) throw new WrongField(`"${name}" must be a list of maps`);
    return value;
  });
}

export function textsField(object: JsonObject, name: string): string[] {
  return listField(object, name).map((item) => {
    const value = item ?? '';
    if (typeof value !== 'string') throw new WrongField(`"${name}" must be a list of texts`);
    return value;
  });
}

function listField(object: JsonObject, name: string): unknown[] {
  const value = field(object, name) ?? [];
  if (!Array.isArray(value)) throw new WrongField(`"${name}" is not a list`);
  return value;
}

/** An object; a missing one is empty. */
export function objectField(object: JsonObject, name: string): JsonObject {
  const value = field(object, name) ?? {};
  if (!isObject(value)) throw new WrongField(`"${name}" is not a map`);
  return value;
}

/** Bytes, which JSON holds as base64: only checks that it is base64. */
export function checkBytesField(object: JsonObject, name: string): void {
  const text = textField(object, name).replace(/[\r\n]/g, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new WrongField(`"${name}" is not base64`);
}
