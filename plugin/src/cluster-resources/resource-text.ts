import { stringify } from 'yaml';

/** A Kubernetes object as YAML: keys sorted, as oc-mirror's are; the same object is always the same text. */
export function resourceText(object: object): string {
  return stringify(object, { sortMapEntries: true, indentSeq: false, lineWidth: 0 });
}
