/** The registries.conf that points real names to the lab. */
import type { ImageSpec } from '../images/image';

const usualHosts = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'quay.io',
  'registry.access.redhat.com',
  'registry.connect.redhat.com',
  'registry.redhat.io',
];

/**
 * Each host becomes a prefix whose location is the lab, not a host with mirrors: after mirrors the host itself is tried, and
 * nothing of the lab may ever ask the real one. Form: containers-registries.conf(5), version 2.
 */
export function registriesConf(
  host: string,
  { images, insecure }: { images: readonly ImageSpec[]; insecure: boolean },
): string {
  const named = images.map(({ repository }) => repository.split('/', 1)[0] ?? '').filter((name) => name.includes('.'));
  const hosts = [...new Set([...usualHosts, ...named])].sort();
  const entries = hosts.map((name) => registryEntry({ prefix: name, location: `${host}/${name}`, insecure }));
  return (
    ['unqualified-search-registries = []', ...entries, registryEntry({ location: host, insecure })].join('\n\n') + '\n'
  );
}

function registryEntry({
  prefix,
  location,
  insecure,
}: {
  prefix?: string;
  location: string;
  insecure: boolean;
}): string {
  const lines = ['[[registry]]', `location = ${JSON.stringify(location)}`, `insecure = ${insecure}`];
  if (prefix !== undefined) lines.splice(1, 0, `prefix = ${JSON.stringify(prefix)}`);
  return lines.join('\n');
}
