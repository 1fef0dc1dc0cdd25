/** The keys of manifests, indexes and descriptors as Go's encoding/json finds them, in upper or lower case. */
import type { JsonObject } from '../system/json-text';
import { isObject } from '../system/json-text';
import { foldedKey, readStrictJson } from '../system/strict-json';

/** The JSON of a manifest, or why it is refused: programs could read it differently. */
export function manifestJson(content: Uint8Array): { value: unknown } | { refused: string } {
  return readStrictJson(content, { maps: ['annotations'], integers: ['size', 'schemaVersion'] });
}

interface Keys {
  readonly [key: string]: Keys | undefined;
}

const platform: Keys = {
  os: undefined,
  architecture: undefined,
  variant: undefined,
  'os.version': undefined,
  'os.features': undefined,
};
const descriptor: Keys = {
  mediaType: undefined,
  digest: undefined,
  size: undefined,
  urls: undefined,
  platform,
  artifactType: undefined,
  annotations: undefined,
  data: undefined,
};
const manifest: Keys = {
  schemaVersion: undefined,
  mediaType: undefined,
  artifactType: undefined,
  annotations: undefined,
  subject: descriptor,
  config: descriptor,
  layers: descriptor,
  manifests: descriptor,
};

/** A document with its keys as the standard spells them, and the keys that it spelled differently. */
export function keysAsGoReadsThem(value: unknown): {
  /** `undefined` if it is not an object. */
  readonly document: Record<string, unknown> | undefined;
  readonly oddKeys: readonly string[];
} {
  const oddKeys = new Set<string>();
  const document = isObject(value) ? spelled(value, manifest, oddKeys) : undefined;
  return { document, oddKeys: [...oddKeys] };
}

function spelled(object: JsonObject, keys: Keys, oddKeys: Set<string>): Record<string, unknown> {
  const known = new Map(Object.keys(keys).map((key) => [foldedKey(key), key]));
  const entries = Object.entries(object).map(([key, value]): [string, unknown] => {
    const standard = known.get(foldedKey(key));
    if (standard === undefined) return [key, value];
    if (standard !== key) oddKeys.add(key);
    const below = keys[standard];
    if (below === undefined) return [standard, value];
    if (Array.isArray(value))
      return [standard, value.map((each: unknown) => (isObject(each) ? spelled(each, below, oddKeys) : each))];
    return [standard, isObject(value) ? spelled(value, below, oddKeys) : value];
  });
  return Object.fromEntries(entries);
}
