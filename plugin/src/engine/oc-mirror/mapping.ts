import type { ImageKind } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import { isReleaseRepository } from '../../release/release-images';
import type { Event } from './log';

/** An image of a configuration, as a dry run lists it. */
export interface ListedImage {
  readonly kind: ImageKind;
  /** Without `docker://`: `quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:…`, `oci:///path`. */
  readonly source: string;
  /** Its place in the cache. */
  readonly repository: string;
  readonly tag: string;
}

/**
 * The images of `dry-run/mapping.txt`, one per line: `docker://<source>=docker://localhost:<port>/<repository>:<tag>`.
 * The kind isn't in it, so `kindOf` is asked; other lines are ignored.
 */
export function parseMapping(text: string, kindOf: (place: string) => ImageKind | undefined): ListedImage[] {
  const listed: ListedImage[] = [];
  for (const line of text.split('\n')) {
    const match = /^(.+?)=docker:\/\/localhost:\d+\/(.+?):+([^:/]+)$/.exec(line);
    if (match === null) continue;
    const [, source, repository, tag] = match as unknown as [string, string, string, string];
    const kind = kindOf(`${repository}:${tag}`) ?? kindByRepository(repository);
    listed.push({ kind, source: withoutTransport(source).replace(/^localhost:\d+\//, ''), repository, tag });
  }
  return listed;
}

/**
 * Learns kinds from a dry run's log: in the phase of each kind, collectors print the destinations that they add. An
 * image of two kinds is in the mapping twice, so its kinds are returned one after the other.
 */
export function kindsFromLog(): { onEvent: (event: Event) => void; kindOf: (place: string) => ImageKind | undefined } {
  const kinds = new Map<string, Set<ImageKind>>();
  const given = new Map<string, number>();
  let phase: ImageKind | undefined;
  return {
    onEvent: (event) => {
      if (event.event === 'collecting') phase = event.kind;
      if (event.event !== 'destination' || phase === undefined) return;
      const place = event.reference.replace(/^localhost:\d+\//, '');
      kinds.set(place, (kinds.get(place) ?? new Set()).add(phase));
    },
    kindOf: (place) => {
      const all = [...(kinds.get(place) ?? [])];
      const turn = given.get(place) ?? 0;
      given.set(place, turn + 1);
      return all[Math.min(turn, all.length - 1)];
    },
  };
}

/** The log does not mention the graph image. */
function kindByRepository(repository: string): ImageKind {
  return isReleaseRepository(repository) ? 'release' : 'additional';
}
