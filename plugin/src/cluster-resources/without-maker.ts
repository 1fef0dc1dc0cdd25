import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { valueOfJson } from '../system/json-text';
import type { ClusterResources } from './cluster-resources';
import { resourceText } from './resource-text';

/** What oc-mirror notes about itself in every object; it changes with each run and each version. */
const makers = ['createdBy', 'createdAt', 'oc-mirror_version'];

const Resource = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
});

/**
 * The same files without dates, versions, and the empty status that oc-mirror up to 4.20 gives to each, so that equal
 * content is equal text. Other content stays as it is.
 */
export function withoutMaker(files: ClusterResources): ClusterResources {
  return new Map([...files].map(([name, text]) => [name, name.endsWith('.json') ? ofJson(text) : ofYaml(text)]));
}

function ofYaml(text: string): string {
  const documents = parseAllDocuments(text).map((document) => stripped(document.toJS({ maxAliasCount: 0 })));
  if (documents.some((document) => document === undefined)) return text;
  const texts = documents.map((document) => resourceText(document as object));
  return text.startsWith('---') ? texts.map((each) => `---\n${each}`).join('') : texts.join('---\n');
}

function ofJson(text: string): string {
  const object = stripped(valueOfJson(text, ['annotations', 'labels', 'data', 'binaryData']));
  return object === undefined ? text : JSON.stringify(object);
}

function stripped(value: unknown): object | undefined {
  const parsed = Resource.safeParse(value);
  if (!parsed.success) return undefined;
  const { annotations = {}, ...metadata } = parsed.data.metadata;
  const { status, ...object } = value as { readonly status?: unknown };
  const kept = Object.entries(annotations).filter(([key]) => !makers.includes(key));
  return {
    // In its original place.
    ...(isDeepStrictEqual(status, {}) ? object : (value as object)),
    metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
  };
}
