import { tryParseReference } from '../oci/reference';
import type { RegistryDestination } from './push';
import { destinationUnreadable } from './push-errors';

/**
 * Reads `host[:port][/namespace]`, with or without `docker://` before it, as people give it to oc-mirror. The host has
 * to be one: a dot, a port, or `localhost`.
 *
 * @throws SEQ0524 saying which rule the text breaks
 */
export function parseDestination(text: string): RegistryDestination {
  const bare = text
    .trim()
    .replace(/^docker:\/\//, '')
    .replace(/\/+$/, '');
  const refuse = (problem: string) => destinationUnreadable({ text, problem });
  if (bare === '') throw refuse('it is empty');
  if (/^[a-z]+:\/\//i.test(bare)) throw refuse('it is an address; a registry is named by host and port alone');
  // A name below makes an image's reference of it, which has rules of its own for host and path.
  const { reference, problem } = tryParseReference(`${bare}/x`);
  if (reference === undefined) throw refuse(problem);
  const [host] = bare.split('/') as [string];
  if (reference.host !== host) throw refuse('its host has neither a dot nor a port');
  if (reference.tag !== undefined || reference.digest !== undefined) throw refuse('it names an image');
  return { host, namespace: bare.slice(host.length + 1) };
}

/** `host[:port][/namespace]` */
export function formatDestination({ host, namespace }: RegistryDestination): string {
  return namespace === '' ? host : `${host}/${namespace}`;
}
