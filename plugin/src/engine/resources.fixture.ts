import { parseAllDocuments } from 'yaml';
import { compareTexts } from '../system/compare-texts';

/**
 * The objects in the files, without their maker and time and without an empty status, sorted where Go's maps have any
 * order.
 */
export function withoutMaker(files: ReadonlyMap<string, string>, host: string): Record<string, unknown> {
  const objectsIn = (text: string): unknown[] =>
    parseAllDocuments(text.replaceAll(host, 'registry.example'))
      .map((document) => document.toJS() as Resource)
      .map(({ metadata: { annotations: _maker, ...metadata }, spec, status = {}, ...rest }) => ({
        ...rest,
        ...(Object.keys(status).length === 0 ? {} : { status }),
        metadata,
        ...(spec === undefined ? {} : { spec: sortedSpec(spec) }),
      }))
      .sort((a, b) => compareTexts(JSON.stringify(a.metadata), JSON.stringify(b.metadata)));
  return Object.fromEntries([...files].map(([name, text]) => [name, objectsIn(text)]));
}

interface Resource {
  readonly metadata: { readonly annotations?: unknown; readonly name: string };
  readonly spec?: Record<string, unknown>;
  readonly status?: object;
}

function sortedSpec(spec: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.sort((a, b) => compareTexts(JSON.stringify(a), JSON.stringify(b))) : value,
    ]),
  );
}
