import { z } from 'zod';
import { tryParseReference } from '../oci/reference';
import { destinationUnreadable } from './push-errors';

/** Every registry accepts at least a namespace and a name. */
export const nestedPaths = { from: 2, to: 20 } as const;

/** `maxNestedPaths` in site.yaml and on command lines. */
export const MaxNestedPaths = z.int().min(nestedPaths.from).max(nestedPaths.to).optional();

/** Where content is uploaded to. */
export interface RegistryDestination {
  /** `registry.example:8443` */
  readonly host: string;
  /** Put before each repository: `mirror/ocp`; empty for none. */
  readonly namespace: string;
  /** How many parts the path of a repository may have there, 2 or more; without it, any number. */
  readonly maxNestedPaths?: number | undefined;
}

/**
 * Reads `host[:port][/namespace]`, with or without `docker://` before it, as people write it for oc-mirror. The host
 * must look like one: a dot, a port, or `localhost`.
 *
 * @throws SEQ0524 saying which rule the text breaks
 */
export function parseDestination(
  text: string,
  { maxNestedPaths }: { readonly maxNestedPaths?: number | undefined } = {},
): RegistryDestination {
  const bare = text
    .trim()
    .replace(/^docker:\/\//, '')
    .replace(/\/+$/, '');
  const refuse = (problem: string) => destinationUnreadable({ text, problem });
  if (bare === '') throw refuse('it is empty');
  if (/^[a-z]+:\/\//i.test(bare)) throw refuse('it is a URL; write only the host and the port');
  // A name below turns it into an image's reference, which has its own rules for host and path.
  const { reference, problem } = tryParseReference(`${bare}/x`);
  if (reference === undefined) throw refuse(problem);
  const [host] = bare.split('/') as [string];
  if (reference.host !== host) throw refuse('its host has no dot and no port');
  if (reference.tag !== undefined || reference.digest !== undefined)
    throw refuse('it is the name of an image, with a tag or a digest');
  return { host, namespace: bare.slice(host.length + 1), maxNestedPaths };
}

/** `host[:port][/namespace]` */
export function formatDestination({ host, namespace }: RegistryDestination): string {
  return namespace === '' ? host : `${host}/${namespace}`;
}

/**
 * The path of a repository at the destination: `mirror/ocp/ubi9/ubi`. If it has too many parts, the last allowed part
 * takes the rest, joined by hyphens: `mirror/ocp-ubi9-ubi` (oc-mirror internal/pkg/image/image.go, WithMaxNestedPaths).
 */
export function pathAt({ namespace, maxNestedPaths }: RegistryDestination, repository: string): string {
  const path = namespace === '' ? repository : `${namespace}/${repository}`;
  const parts = path.split('/');
  if (maxNestedPaths === undefined || parts.length <= maxNestedPaths) return path;
  return [...parts.slice(0, maxNestedPaths - 1), parts.slice(maxNestedPaths - 1).join('-')].join('/');
}
