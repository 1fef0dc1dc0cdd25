/** Releases on the way from one to another, within a channel or through the channels between two. */
import type { SemVer } from 'semver';
import semver from 'semver';
import { impossible } from '../system/errors';
import type { SelectionNote, SelectionProblem } from './selection-problem';
import type { ReleaseNode, UpdateGraph } from './update-graph';
import { highestVersion, placeOf, shortestWay } from './update-graph';

export interface Way {
  readonly walked: readonly ReleaseNode[];
  /** Its first and last release, which are selected even if no way connects them. */
  readonly ends: readonly ReleaseNode[];
  readonly notes: readonly SelectionNote[];
}

export interface Stop {
  readonly problem: SelectionProblem;
}

/** A channel with both bounds, given or found. */
export interface BoundedChannel {
  readonly name: string;
  readonly lower: SemVer;
  readonly upper: SemVer;
}

/** The shortest way in one channel. For oc-mirror it is not an error if no way exists. */
export function wayInChannel(
  graph: UpdateGraph,
  { channel, from, to }: { readonly channel: string; readonly from: SemVer; readonly to: SemVer },
): Way | Stop {
  const [start, end] = [placeOf(graph, from), placeOf(graph, to)];
  if (start === undefined || end === undefined) {
    const absent = start === undefined ? from : to;
    return { problem: { kind: 'release absent', channel, version: absent.raw } };
  }
  const ends = [start, end].map((place) => graph.nodes[place] as ReleaseNode);
  return { walked: shortestWay(graph, start, end), ends, notes: [] };
}

interface Surroundings {
  readonly architecture: string;
  readonly graphAt: (channel: string) => Promise<UpdateGraph>;
}

/**
 * From the lowest release of all channels to the highest: in each channel the shortest way up to its newest release,
 * and on from there in the channel of the next minor version (oc-mirror, CalculateUpgrades). If a channel does not have
 * the release that the way has reached, the way ends there, and the highest release is selected separately.
 */
export async function wayBetweenChannels(
  channels: readonly BoundedChannel[],
  { architecture, graphAt }: Surroundings,
): Promise<Way | Stop> {
  const { first, last } = outermost(channels);
  const steps = stepsBetween(first.name, last.name);
  if ('problem' in steps) return steps;

  const walked: ReleaseNode[] = [];
  let start: ReleaseNode | undefined;
  let at = first.lower;
  for (const channel of steps) {
    const graph = await graphAt(channel);
    const newest = highestVersion(graph);
    if (newest === undefined) return { problem: { kind: 'channel empty', channel, architecture } };
    const to = channel === last.name ? last.upper : newest;
    // In the first release's own channel its absence is a mistake; in a later one the graph knows no update from it.
    if (channel !== first.name && placeOf(graph, at) === undefined) {
      const end = wayInChannel(await graphAt(last.name), { channel: last.name, from: to, to });
      if ('problem' in end) return end;
      const note = { kind: 'no way', version: at.raw, channel: last.name } as const;
      if (start === undefined) return { ...end, notes: [note] };
      return { walked, ends: [start, ...end.ends], notes: [note] };
    }
    const way = wayInChannel(graph, { channel, from: at, to });
    if ('problem' in way) return way;
    walked.push(...way.walked);
    const [from, end] = way.ends as [ReleaseNode, ReleaseNode];
    start ??= from;
    if (channel === last.name) return { walked, ends: [start, end], notes: [] };
    at = to;
  }
  throw impossible('a way between channels that does not come to the last one');
}

/**
 * The channels with the lowest and the highest release. If several have the same, oc-mirror takes one at random; this
 * takes one with both, so that no way is needed, or else the first.
 */
function outermost(channels: readonly BoundedChannel[]): { first: BoundedChannel; last: BoundedChannel } {
  const firsts = channels.filter(({ lower }) => channels.every((other) => semver.lte(lower, other.lower)));
  const lasts = channels.filter(({ upper }) => channels.every((other) => semver.gte(upper, other.upper)));
  const both = firsts.find((channel) => lasts.includes(channel));
  const [first, last] = [both ?? firsts[0], both ?? lasts[0]];
  if (first === undefined || last === undefined) throw impossible('a way between no channels');
  return { first, last };
}

/**
 * The channels to go through: `stable-4.17`, `stable-4.18`, `eus-4.19` from `stable-4.17` to `eus-4.19`. From
 * `fast-4.19` to `stable-4.19` it is only the second.
 */
function stepsBetween(first: string, last: string): readonly string[] | Stop {
  if (first === last) return [last];
  const [from, to] = [countedChannel(first), countedChannel(last)];
  if (from === undefined || to === undefined)
    return { problem: { kind: 'channel not counted', channel: from === undefined ? first : last } };
  if (from.major !== to.major || from.minor > to.minor)
    return { problem: { kind: 'way leads down', from: first, to: last } };
  if (from.minor === to.minor) return [last];
  const between = Array.from({ length: to.minor - from.minor - 1 }, (_, index) => from.minor + index + 1);
  return [first, ...between.map((minor) => `${from.prefix}-${from.major}.${minor}`), last];
}

function countedChannel(name: string): { prefix: string; major: number; minor: number } | undefined {
  const [, prefix, major, minor] = /^(.*)-(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})$/.exec(name) ?? [];
  return prefix === undefined ? undefined : { prefix, major: Number(major), minor: Number(minor) };
}
