/**
 * A channel as OLM walks it: one head, which nothing replaces or skips, and behind it what each entry replaces.
 * catalog-filter's rules decide what a range keeps of it (pkg/filter/mirror-config/v1alpha1/channel.go).
 */
import type { ChannelEntry } from '../fbc/fbc';
import type { BundleVersion, VersionRange } from './version';
import { isInRange } from './version';

interface ChannelNode {
  readonly name: string;
  replaces?: ChannelNode | undefined;
  skips: ReadonlySet<ChannelNode>;
}

export type ChannelGraph =
  | { readonly head: ChannelNode; readonly problems?: undefined }
  | { readonly head?: undefined; readonly problems: readonly string[] };

const none: ReadonlySet<ChannelNode> = new Set();

/** The graph, or in words why OLM would refuse the channel. Entries may name others that are not in the channel. */
export function channelGraph(entries: readonly ChannelEntry[]): ChannelGraph {
  if (entries.length === 0) return { problems: ['the channel has no entries'] };
  const problems: string[] = [];
  const nodes = new Map<string, ChannelNode>();
  /** Which nodes replace or skip it. */
  const incoming = new Map<ChannelNode, Set<ChannelNode>>();
  const nodeOf = (name: string): ChannelNode => {
    const node = nodes.get(name) ?? { name, skips: none };
    nodes.set(name, node);
    return node;
  };
  const point = (from: ChannelNode, name: string): ChannelNode => {
    const to = nodeOf(name);
    incoming.set(to, (incoming.get(to) ?? new Set()).add(from));
    return to;
  };
  const seen = new Set<string>();
  for (const { name, replaces, skips = [] } of entries) {
    if (seen.has(name)) {
      problems.push(`the channel has the entry ${name} twice`);
      continue;
    }
    seen.add(name);
    const node = nodeOf(name);
    if (replaces === name) problems.push(`${name} replaces itself`);
    if (skips.includes(name)) problems.push(`${name} skips itself`);
    if (replaces !== undefined) node.replaces = point(node, replaces);
    if (skips.length > 0) node.skips = new Set(skips.map((skipped) => point(node, skipped)));
  }
  const heads = entries.map(({ name }) => nodeOf(name)).filter((node) => !incoming.has(node));
  const [head] = heads;
  if (head === undefined) problems.push('another entry replaces or skips every entry, so the channel has no head');
  else if (heads.length > 1)
    problems.push(`the channel has several heads: ${[...new Set(heads.map(({ name }) => name))].sort().join(', ')}`);
  if (head === undefined || problems.length > 0) return { problems };
  return hasCycle(head, incoming)
    ? { problems: ['the entries of the channel replace each other in a circle'] }
    : { head };
}

/**
 * Walks from the head to all entries whose predecessors were all visited; what is left is a cycle. Empties `incoming`.
 */
function hasCycle(head: ChannelNode, incoming: Map<ChannelNode, Set<ChannelNode>>): boolean {
  const queue = [head];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const next of node.replaces === undefined ? node.skips : [node.replaces, ...node.skips]) {
      const left = incoming.get(next);
      left?.delete(node);
      if (left?.size !== 0) continue;
      incoming.delete(next);
      queue.push(next);
    }
  }
  return incoming.size > 0;
}

/**
 * The names of what a range keeps: the part of the chain that holds all bundles in range, from the lowest possible head
 * on, and what it skips as far as that is in range. Bundles outside the range stay if others would be lost without
 * them.
 */
export function keptInRange(
  head: ChannelNode,
  { range, versions }: { range: VersionRange; versions: ReadonlyMap<string, BundleVersion> },
): Set<string> {
  const isIn = ({ name }: ChannelNode): boolean => {
    const version = versions.get(name);
    return version !== undefined && isInRange(version, range);
  };
  const chain: ChannelNode[] = [];
  for (let node: ChannelNode | undefined = head; node !== undefined; node = node.replaces) chain.push(node);
  // How many bundles in range are at or below each place of the chain.
  const counts = new Map<ChannelNode, number>();
  const counted = new Set<ChannelNode>();
  for (const node of chain.toReversed()) {
    for (const each of [node, ...node.skips]) if (isIn(each)) counted.add(each);
    counts.set(node, counted.size);
  }
  const total = counts.get(head);
  const first = chain.findLastIndex((node) => counts.get(node) === total);
  const end = chain.findIndex((node) => counts.get(node) === 0);
  const kept = new Set<string>();
  if (total === 0) return kept;
  for (const node of chain.slice(first, end === -1 ? undefined : end)) {
    kept.add(node.name);
    for (const skipped of node.skips) if (isIn(skipped)) kept.add(skipped.name);
  }
  return kept;
}
