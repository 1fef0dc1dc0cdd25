/** What applying the resources of one sequence changes in a cluster that has those of another one. */
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { applyOrder } from './apply-order';
import type { ClusterResources } from './cluster-resources';
import { resourceText } from './resource-text';

/** A Kubernetes object that applying a file makes or changes. */
export interface ResourceChange {
  /** The file that has it, or that had it before. */
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** gone: only the earlier resources have it, and applying the later ones does not delete it. */
  readonly change: 'new' | 'changed' | 'same' | 'gone';
}

const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** All objects of both, in the order in which they are applied; those that are gone come last. */
export function resourceChanges(now: ClusterResources, before: ClusterResources): ResourceChange[] {
  const earlier = objectsOf(before);
  const later = objectsOf(now);
  return [
    ...[...later].map(([key, { text, ...object }]): ResourceChange => {
      const known = earlier.get(key)?.text;
      return { ...object, change: known === undefined ? 'new' : known === text ? 'same' : 'changed' };
    }),
    ...[...earlier].flatMap(([key, { text: _, ...object }]): ResourceChange[] =>
      later.has(key) ? [] : [{ ...object, change: 'gone' }],
    ),
  ];
}

function objectsOf(resources: ClusterResources): Map<string, Omit<ResourceChange, 'change'> & { text: string }> {
  const files = applyOrder(resources).flatMap((step) => step.files);
  const objects = files.flatMap((file) =>
    parseAllDocuments(resources.get(file) ?? '').map((document) => {
      const object = Resource.parse(document.toJS({ maxAliasCount: 0 }));
      const { kind, metadata } = object;
      return { file, kind, name: metadata.name, namespace: metadata.namespace, text: resourceText(object) };
    }),
  );
  return new Map(objects.map((object) => [`${object.kind} ${object.namespace ?? ''} ${object.name}`, object]));
}
