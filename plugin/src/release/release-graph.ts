import { gt, valid } from 'semver';
import { z } from 'zod';
import { valueOfJson } from '../system/json-text';

/** An update graph of OpenShift's update service (Cincinnati): edges are pairs of indices into `nodes`. */
const Graph = z.looseObject({
  nodes: z.array(z.looseObject({ version: z.string() })).max(100_000),
  edges: z
    .array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]))
    .max(1_000_000)
    .nullish(),
});

/** Those of the largest channels have some megabytes. */
export const graphByteLimit = 64 * 1024 ** 2;

const Payloads = z.object({ nodes: z.array(z.object({ payload: z.string().max(1000) })).max(100_000) });

/** The names of a graph's payloads, `quay.io/openshift-release-dev/ocp-release`, by digest; empty for any other text. */
export function payloadsIn(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const { payload } of Payloads.safeParse(valueOfJson(text, ['metadata'])).data?.nodes ?? []) {
    const [name = '', digest = ''] = payload.split('@');
    names.set(digest, name);
  }
  return names;
}

/**
 * The graph as it was when the newest of these releases was the newest of its channel: disk-to-mirror takes a channel
 * without limits for its newest release, and would look for one that the archives don't have. The unchanged text if
 * nothing in it is newer; `undefined` for a graph without any of the releases, or for any other text.
 */
export function graphUpTo(text: string, releases: readonly string[]): string | undefined {
  const parsed = Graph.safeParse(valueOfJson(text, ['metadata']));
  if (!parsed.success) return undefined;
  const { nodes, edges } = parsed.data;
  const there = releases.filter((version) => valid(version) !== null && nodes.some((node) => node.version === version));
  const newest = there.reduce<string | undefined>((a, b) => (a === undefined || gt(b, a) ? b : a), undefined);
  if (newest === undefined) return undefined;
  const kept = nodes.flatMap(({ version }, index) => (valid(version) !== null && gt(version, newest) ? [] : [index]));
  if (kept.length === nodes.length) return text;
  const placeOf = new Map(kept.map((index, place) => [index, place]));
  return JSON.stringify({
    ...parsed.data,
    nodes: kept.map((index) => nodes[index]),
    edges: (edges ?? []).flatMap(([from, to]) => {
      const pair = [placeOf.get(from), placeOf.get(to)];
      return pair.includes(undefined) ? [] : [pair];
    }),
  });
}
