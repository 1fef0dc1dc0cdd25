/**
 * Which releases a configuration asks for, selected from update graphs by oc-mirror's rules (internal/pkg/release,
 * cincinnati.go and core-cincinnati.go). Called by the collector of releases; the graphs come from update-service.ts.
 */
import type { SemVer } from 'semver';
import semver from 'semver';
import type { PlatformContent, ReleaseChannel } from '../imageset/schema';
import { parseReleaseVersion } from '../imageset/version';
import type { SelectionNote, SelectionProblem } from './selection-problem';
import type { ReleaseNode, UpdateGraph } from './update-graph';
import { highestVersion, lowestVersion, releasesBetween } from './update-graph';
import type { BoundedChannel, Stop, Way } from './way-between-channels';
import { wayBetweenChannels, wayInChannel } from './way-between-channels';

export interface GraphQuery {
  readonly type: 'ocp' | 'okd';
  /** `amd64`, `multi` */
  readonly architecture: string;
  readonly channel: string;
}

/** Returns the graph of a channel. It may be asked for any number of times. */
export type GraphLookup = (query: GraphQuery) => Promise<UpdateGraph>;

export interface SelectedRelease {
  readonly version: string;
  readonly payload: string;
  readonly architecture: string;
}

export interface ReleaseSelection {
  /** One for each payload, by architecture in the order of the configuration, then by version. */
  readonly releases: readonly SelectedRelease[];
  /** The versions that were in a range or on a way. Ends that no way connects are selected, but not listed here. */
  readonly walked: readonly string[];
  /** With any of these, nothing at all is mirrored. */
  readonly problems: readonly SelectionProblem[];
  readonly notes: readonly SelectionNote[];
}

/** The part of `mirror.platform` that decides which releases. */
export interface ReleaseRequest {
  readonly channels?: readonly ReleaseChannel[] | undefined;
  readonly architectures?: readonly string[] | undefined;
  readonly platforms?: PlatformContent['platforms'];
}

/** Which graphs are requested: with `platforms`, those of payloads that are indexes of all architectures. */
export function architecturesOf({ platforms = [], architectures = [] }: ReleaseRequest): readonly string[] {
  if (platforms.length > 0) return ['multi'];
  return architectures.length > 0 ? architectures : ['amd64'];
}

/** oc-mirror treats any other word as ocp. */
export function typeOfChannel({ type }: ReleaseChannel): GraphQuery['type'] {
  return type === 'okd' ? 'okd' : 'ocp';
}

/**
 * The releases of all channels and architectures, and those between channels if there are several. Bounds found in the
 * first architecture's graphs apply to all further ones, so that all have the same releases.
 */
export async function selectReleases(content: ReleaseRequest, graphOf: GraphLookup): Promise<ReleaseSelection> {
  const releases: SelectedRelease[] = [];
  const walked = new Set<string>();
  const problems: SelectionProblem[] = [];
  const notes: SelectionNote[] = [];
  const bounds = new Map<string, BoundedChannel>();
  const channels = content.channels ?? [];
  if (channels.some(isLongWayInEus)) notes.push({ kind: 'eus' });

  for (const architecture of architecturesOf(content)) {
    const found: ReleaseNode[] = [];
    const add = (way: Way | Stop): void => {
      if ('problem' in way) {
        problems.push(way.problem);
        return;
      }
      for (const { version } of way.walked) walked.add(version.raw);
      found.push(...way.walked, ...way.ends);
      notes.push(...way.notes);
    };
    for (const channel of channels) {
      const graph = await graphOf({ type: typeOfChannel(channel), architecture, channel: channel.name });
      const bounded = bounds.get(channel.name) ?? boundsOf(channel, { graph, architecture });
      if ('problem' in bounded) problems.push(bounded.problem);
      else {
        bounds.set(channel.name, bounded);
        add(selectedIn(graph, { channel: bounded, architecture, shortest: channel.shortestPath === true }));
      }
    }
    const ours = channels.filter((channel) => typeOfChannel(channel) === 'ocp').map(({ name }) => bounds.get(name));
    // Without all bounds it is unknown between which channels the way is; the missing bounds are a problem already.
    if (channels.length > 1 && ours.length > 0 && !ours.includes(undefined)) {
      const graphAt = (channel: string) => graphOf({ type: 'ocp', architecture, channel });
      add(await wayBetweenChannels(ours as BoundedChannel[], { architecture, graphAt }));
    }
    releases.push(...oncePerPayload(found, architecture));
  }
  for (const { version, payload } of releases) if (payload === '') problems.push({ kind: 'no payload', version });
  if (releases.length === 0 && problems.length === 0) problems.push({ kind: 'nothing selected' });
  return { releases, walked: [...walked], problems, notes };
}

/**
 * Where a channel begins and ends. Without bounds it is only its newest release; with `full`, or with `maxVersion`, it
 * begins with the lowest release of its graph, which belongs to the minor version before.
 */
function boundsOf(
  { name: channel, minVersion = '', maxVersion = '', full = false }: ReleaseChannel,
  { graph, architecture }: { graph: UpdateGraph; architecture: string },
): BoundedChannel | Stop {
  const [lowest, highest] = [lowestVersion(graph), highestVersion(graph)];
  const empty = { problem: { kind: 'channel empty', channel, architecture } } as const;
  const upper = maxVersion === '' ? highest : versionIn(channel, maxVersion);
  if (upper === undefined) return empty;
  if ('problem' in upper) return upper;
  const headsOnly = maxVersion === '' && !full;
  const lower = minVersion === '' ? (headsOnly ? highest : lowest) : versionIn(channel, minVersion);
  if (lower === undefined) return empty;
  return 'problem' in lower ? lower : { name: channel, lower, upper };
}

function versionIn(channel: string, text: string): SemVer | Stop {
  return parseReleaseVersion(text) ?? { problem: { kind: 'version unreadable', channel, version: text } };
}

function selectedIn(
  graph: UpdateGraph,
  asked: { readonly channel: BoundedChannel; readonly architecture: string; readonly shortest: boolean },
): Way | Stop {
  const { name, lower, upper } = asked.channel;
  if (asked.shortest) return wayInChannel(graph, { channel: name, from: lower, to: upper });
  const walked = releasesBetween(graph, lower, upper);
  if (walked.length > 0) return { walked, ends: [], notes: [] };
  const range = { lower: lower.raw, upper: upper.raw };
  return {
    walked,
    ends: [],
    notes: [{ kind: 'range empty', channel: name, architecture: asked.architecture, ...range }],
  };
}

function oncePerPayload(found: readonly ReleaseNode[], architecture: string): SelectedRelease[] {
  const byPayload = new Map<string, SelectedRelease>();
  for (const { version, payload } of found.toSorted((a, b) => semver.compareBuild(a.version, b.version)))
    if (!byPayload.has(payload)) byPayload.set(payload, { version: version.raw, payload, architecture });
  return [...byPayload.values()];
}

function isLongWayInEus({ name, minVersion = '', maxVersion = '' }: ReleaseChannel): boolean {
  const [lower, upper] = [parseReleaseVersion(minVersion), parseReleaseVersion(maxVersion)];
  return name.includes('eus') && lower !== undefined && upper !== undefined && upper.minor - lower.minor >= 2;
}
