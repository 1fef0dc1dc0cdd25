import type { ImageReference } from '../oci/reference';
import { registriesConfUnusable } from './configuration-errors';
import { registryBlocked } from './errors';
import type { RegistriesConf, RegistryEntry } from './registries-conf';
import type { PullSource } from './request-facts';

/**
 * Where to ask for an image, in this order: the mirrors that serve this kind of reference, then the registry itself.
 * Pure. The entry with the longest prefix counts; a prefix ends where a part of the name ends.
 *
 * @throws SEQ0515 when the registry is blocked
 */
export function pullSourcesOf(reference: ImageReference, conf: RegistriesConf): PullSource[] {
  const { host, repository } = reference;
  const name = `${host}/${repository}`;
  const entry = conf.registries
    .filter(({ prefix }) => lengthOfMatch(name, host, prefix) !== undefined)
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
  if (entry === undefined) return [{ host, repository, insecure: false }];
  if (entry.blocked) throw registryBlocked({ name, prefix: entry.prefix, file: entry.file });
  const mirrors = entry.mirrors.filter(
    ({ pulls }) => pulls === 'all' || (pulls === 'digest-only') === (reference.digest !== undefined),
  );
  return [...mirrors, { location: entry.location, insecure: entry.insecure }].map(({ location, insecure }) =>
    sourceAt(location, { insecure, entry, name, host }),
  );
}

function sourceAt(
  location: string | undefined,
  { insecure, entry, name, host }: { insecure: boolean; entry: RegistryEntry; name: string; host: string },
): PullSource {
  const rewritten = location === undefined ? name : location + name.slice(lengthOfMatch(name, host, entry.prefix));
  const slash = rewritten.indexOf('/');
  if (slash <= 0)
    throw registriesConfUnusable({
      file: entry.file,
      problem: `with location "${location}" in place of prefix "${entry.prefix}", an image has no repository`,
    });
  const elsewhere = rewritten !== name;
  return {
    host: rewritten.slice(0, slash),
    repository: rewritten.slice(slash + 1),
    insecure,
    ...(elsewhere ? { substitution: `${entry.prefix} -> ${location}` } : {}),
  };
}

// How much of the name the prefix covers; a wildcard covers the whole host.
function lengthOfMatch(name: string, host: string, prefix: string): number | undefined {
  if (prefix.startsWith('*.')) return host.endsWith(prefix.slice(1)) ? host.length : undefined;
  return name === prefix || name.startsWith(`${prefix}/`) ? prefix.length : undefined;
}
