/** The images in rendered manifests, in the places where oc-mirror looks for them (internal/pkg/helm, findImages). */
import { withoutTransport, tryParseReference } from '../oci/reference';
import type { Position } from '../system/errors';
import { readGoValue } from '../yaml/go-value';
import { chartNotRendered } from './errors';
import type { JsonPath } from './json-path/json-path';
import { parseJsonPath, textAt } from './json-path/json-path';

/** getImagesPath: pods, and what makes pods. */
export const usualImagePaths: readonly string[] = [
  '{.spec.template.spec.initContainers[*].image}',
  '{.spec.template.spec.containers[*].image}',
  '{.spec.initContainers[*].image}',
  '{.spec.containers[*].image}',
];

export interface RenderedImages {
  /** Without `docker://`, each once, in the order of the manifests. */
  readonly images: readonly string[];
  /** What stands in the place of an image but is not one: without tag and digest, or not a reference. Each once. */
  readonly passedOver: readonly string[];
}

/**
 * Searches every document, with the usual paths and the chart's own.
 *
 * @throws SEQ0464 for a document that is not YAML, or in which a path leads to too much
 */
export function imagesIn(
  rendered: string,
  { label, at, imagePaths = [] }: { label: string; at: Position; imagePaths?: readonly string[] | undefined },
): RenderedImages {
  const images = new Set<string>();
  const passedOver = new Set<string>();
  const paths = [...usualImagePaths, ...imagePaths].map((path): [string, JsonPath] => [
    path,
    parseJsonPath(path).path ?? [],
  ]);
  for (const text of rendered.split('\n---\n')) {
    const source = /^# Source: (.*)$/m.exec(text)?.[1] ?? 'a document without a name';
    // Notes, and other texts for people.
    if (source.endsWith('.txt')) continue;
    const reading = readGoValue(text, { depth: 128, values: 2_000_000 });
    if (reading.refused !== undefined)
      throw chartNotRendered({
        at,
        chart: label,
        why: `helm rendered ${source} to a text that is not YAML: ${reading.refused}`,
      });
    for (const [path, parsed] of paths) {
      const found = textAt(reading.value, parsed);
      if (found === undefined)
        throw chartNotRendered({ at, chart: label, why: `${path} matches more than 100000 values in ${source}` });
      for (const name of found.split(/\s+/).filter((word) => word !== ''))
        (isImage(name) ? images : passedOver).add(withoutTransport(name));
    }
  }
  return { images: [...images], passedOver: [...passedOver] };
}

function isImage(name: string): boolean {
  const { reference } = tryParseReference(name);
  return reference !== undefined && (reference.tag !== undefined || reference.digest !== undefined);
}
