import { parseAllDocuments, stringify } from 'yaml';
import { ownYaml } from '../yaml/dialect';
import { readPlainYaml } from '../yaml/plain-yaml';

/** A Kubernetes object as YAML: keys sorted, as oc-mirror's are; the same object is always the same text. */
export function resourceText(object: object): string {
  return stringify(object, { sortMapEntries: true, indentSeq: false, lineWidth: 0 });
}

const { plainScalar } = ownYaml({ maxCharacters: Infinity });

/** The objects in a text, from any maker. Most are plain, and read in a twentieth of the time. */
export function objectsIn(text: string): unknown[] {
  // At the start of a line, three hyphens always begin a document.
  const documents = text.split(/^---\n/m).filter((document) => document !== '');
  return documents.flatMap(
    (document) =>
      readPlainYaml(document, plainScalar) ??
      parseAllDocuments(document).map((parsed) => parsed.toJS({ maxAliasCount: 0 }) as unknown),
  );
}
