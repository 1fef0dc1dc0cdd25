/**
 * The update graph of a release channel from OpenShift's update service (Cincinnati): releases, and which update leads
 * from one to another. Its answers also have conditional updates, which oc-mirror does not read.
 */
import type { SemVer } from 'semver';
import semver from 'semver';
import { z } from 'zod';
import { parseReleaseVersion } from '../imageset/version';
import { appendTo } from '../system/append-to';
import { readStrictJson } from '../system/strict-json';
import { updateGraphUnreadable } from './errors';
import { graphByteLimit } from './release-graph';

export interface ReleaseNode {
  readonly version: SemVer;
  /** `quay.io/openshift-release-dev/ocp-release@sha256:…`; empty if the graph names none. */
  readonly payload: string;
}

export interface UpdateGraph {
  /** In the order of the answer, which is not the order of versions. */
  readonly nodes: readonly ReleaseNode[];
  /** Indices into `nodes`: from, to. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

const place = z.int().nonnegative();
const Answer = z.looseObject({
  nodes: z
    .array(z.looseObject({ version: z.string(), payload: z.string().max(1000).nullish() }))
    .max(100_000)
    .nullish(),
  edges: z
    .array(z.tuple([place, place]))
    .max(1_000_000)
    .nullish(),
});

/**
 * Reads an answer of the update service. Updates from or to releases that it does not have are left out, as oc-mirror
 * never comes to them.
 *
 * @param from where it comes from, for messages
 * @throws SEQ0420 if it is not an update graph, or programs could read it differently
 */
export function readUpdateGraph(content: Uint8Array, { from }: { from: string }): UpdateGraph {
  const refuse = (why: string): Error => updateGraphUnreadable({ from, why });
  if (content.length > graphByteLimit)
    throw refuse(`The graph has ${content.length} bytes; the limit is ${graphByteLimit}`);
  const json = readStrictJson(content, { maps: ['metadata'], integers: [] });
  if ('refused' in json) throw refuse(json.refused);
  const { success, data } = Answer.safeParse(json.value);
  if (!success) throw refuse('The nodes of the graph have no versions, or its edges do not connect nodes');
  const nodes = (data.nodes ?? []).map(({ version: text, payload }) => {
    const version = parseReleaseVersion(text);
    if (version === undefined) throw refuse(`"${text.slice(0, 60)}" in the graph is not a version`);
    return { version, payload: payload ?? '' };
  });
  const edges = (data.edges ?? []).filter(([start, end]) => start < nodes.length && end < nodes.length);
  return { nodes, edges };
}

/**
 * oc-mirror treats versions that differ only in build metadata as equal, and takes the first in the order of the
 * answer.
 */
export function placeOf(graph: UpdateGraph, version: SemVer): number | undefined {
  const index = graph.nodes.findIndex((node) => semver.eq(node.version, version));
  return index < 0 ? undefined : index;
}

/** `undefined` for a graph without releases. */
export function lowestVersion({ nodes }: UpdateGraph): SemVer | undefined {
  return nodes
    .map(({ version }) => version)
    .reduce<SemVer | undefined>((a, b) => (a && !semver.lt(b, a) ? a : b), undefined);
}

/** `undefined` for a graph without releases. */
export function highestVersion({ nodes }: UpdateGraph): SemVer | undefined {
  return nodes
    .map(({ version }) => version)
    .reduce<SemVer | undefined>((a, b) => (a && !semver.gt(b, a) ? a : b), undefined);
}

/** All releases from the lower to the upper bound, both included, in the order of the answer. */
export function releasesBetween({ nodes }: UpdateGraph, lower: SemVer, upper: SemVer): ReleaseNode[] {
  return nodes.filter(({ version }) => semver.gte(version, lower) && semver.lte(version, upper));
}

/**
 * The releases on the way with the fewest updates, both ends included; empty if there is no way. If several ways have
 * as few updates, it is the one that oc-mirror takes (internal/pkg/release/core-cincinnati.go, GetUpdates): breadth
 * first, higher versions before lower ones.
 */
export function shortestWay({ nodes, edges }: UpdateGraph, from: number, to: number): ReleaseNode[] {
  const versionAt = (index: number): SemVer => (nodes[index] as ReleaseNode).version;
  const updates = new Map<number, number[]>();
  for (const [start, end] of edges) appendTo(updates, start, end);
  const before = new Map<number, number | undefined>([[from, undefined]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    const next = (updates.get(node) ?? []).sort((a, b) => semver.compare(versionAt(b), versionAt(a)));
    for (const end of next) {
      if (before.has(end)) continue;
      before.set(end, node);
      queue.push(end);
    }
  }
  if (!before.has(to)) return [];
  const way: ReleaseNode[] = [];
  for (let at: number | undefined = to; at !== undefined; at = before.get(at)) way.push(nodes[at] as ReleaseNode);
  return way.reverse();
}
