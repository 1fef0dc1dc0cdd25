import type { DebianRegistry } from './debian-registry';
import { skopeo } from './debian-registry';
import { digestOf } from './registry/content';

/**
 * Everything in a registry: for each tag, and for each manifest that an index behind it names, the digest of what
 * `skopeo inspect --raw` reads there.
 */
export async function contentOf(registry: DebianRegistry): Promise<Record<string, string>> {
  const { repositories } = (await json(`${registry.url}/v2/_catalog?n=1000`)) as { repositories: string[] };
  const content: Record<string, string> = {};
  for (const repository of repositories.sort()) {
    const { tags } = (await json(`${registry.url}/v2/${repository}/tags/list`)) as { tags: string[] | null };
    for (const tag of [...(tags ?? [])].sort()) {
      const raw = await rawAt(registry, `${repository}:${tag}`);
      content[`${repository}:${tag}`] = digestOf(raw);
      const { manifests = [] } = JSON.parse(raw) as { manifests?: { digest: string }[] };
      for (const { digest } of manifests) {
        const child = await rawAt(registry, `${repository}@${digest}`);
        content[`${repository}@${digest}`] = digestOf(child);
      }
    }
  }
  return content;
}

/** Exactly what the registry has under a name. */
export function rawAt(registry: DebianRegistry, name: string): Promise<string> {
  return skopeo(['inspect', '--raw', `docker://${registry.host}/${name}`]);
}

async function json(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}
