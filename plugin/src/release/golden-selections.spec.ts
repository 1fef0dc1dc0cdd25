/**
 * Selections from real update graphs, compared with what the real oc-mirror selected: releases, versions walked
 * through, warnings, and whether it failed. For every difference, a row of `differences` says why.
 */
import semver from 'semver';
import { describeWithData, sharedFiles } from '../../../testing/shared-data';
import type { ReleaseChannel } from '../imageset/schema';
import type { ReleaseSelection } from './select-releases';
import { selectReleases } from './select-releases';
import type { UpdateGraph } from './update-graph';
import { readUpdateGraph } from './update-graph';

interface Recorded {
  readonly graph: string;
  readonly channel: string;
  /** For other channels: which nodes of the file were served, in this order. */
  readonly channelNodes?: Readonly<Record<string, readonly number[]>>;
  readonly selections: readonly RecordedSelection[];
}

interface RecordedSelection {
  readonly id: string;
  readonly platform: { readonly channels: readonly ReleaseChannel[] };
  readonly tie?: boolean;
  readonly results: readonly RecordedResult[];
}

interface RecordedResult {
  readonly versions: readonly string[];
  /** `a|b`: two nodes with one payload. `null`: it ended before it had looked at everything. */
  readonly selected: readonly string[] | null;
  readonly walked?: readonly string[];
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
}

/** Where we differ from oc-mirror, why, and which part of the outcome is compared anyway. The first row that fits. */
const differences: readonly {
  readonly why: string;
  readonly applies: (selection: RecordedSelection, result: RecordedResult, selected: ReleaseSelection) => boolean;
  readonly check: (ours: Outcome, theirs: readonly Outcome[]) => void;
}[] = [
  {
    why: 'Two channels have the same lowest or highest release. oc-mirror takes either by chance, we the one without a way',
    applies: ({ tie }) => tie === true,
    check: (ours, theirs) => expect(theirs.map(({ selected }) => selected)).toContainEqual(ours.selected),
  },
  {
    why: 'oc-mirror takes the x of a version such as 4.5.33+s390x for a wildcard, and cannot read its own range',
    applies: (_, { errors = [] }) => errors.some((error) => error.includes('range semver parsing')),
    check: (ours, [theirs]) => expect(ours.selected).toEqual(expect.arrayContaining([...(theirs?.selected ?? [])])),
  },
  {
    why: 'The lowest release is in a later channel. oc-mirror walks up until a channel is empty, if any; we say why at once',
    applies: (_, __, { problems }) => problems.some(({ kind }) => kind === 'way leads down'),
    check: (ours, [theirs]) => {
      expect({ ...ours, meanings: [] }).toEqual({ ...theirs, meanings: [] });
      expect(theirs?.meanings).toContainEqual(expect.stringMatching(/^channel empty /));
    },
  },
];

describeWithData(
  ['graph', 'expected/releases'],
  'selections out of real update graphs',
  ([graphsFolder = '', results = '']) => {
    const graphs = new Map(sharedFiles(graphsFolder).map((file) => [file.name, file]));

    for (const file of sharedFiles(results)) {
      const graphFile = graphs.get(file.name);
      if (graphFile === undefined) continue;
      describe(file.name, () => {
        const recorded = JSON.parse(file.read().toString('utf8')) as Recorded;
        const graph = readUpdateGraph(graphFile.read(), { from: graphFile.path });
        const graphOf = async ({ channel }: { channel: string }) => servedGraph(graph, recorded, channel);

        it.each(recorded.selections)('$id', async (selection) => {
          const selected = await selectReleases(selection.platform, graphOf);
          const result = selection.results.find(({ versions }) => versions.includes('main')) as RecordedResult;
          const expected = theirs(result, graph);
          const found = ours(selected, { graph, against: expected });
          const difference = differences.find(({ applies }) => applies(selection, result, selected));
          if (difference === undefined) expect(found).toEqual(expected);
          else
            difference.check(
              found,
              selection.results.map((other) => theirs(other, graph)),
            );
        });
      });
    }
  },
);

function servedGraph(graph: UpdateGraph, { channel, channelNodes }: Recorded, asked: string): UpdateGraph {
  const served = asked === channel ? undefined : channelNodes?.[asked];
  if (served === undefined) return graph;
  const placeOf = new Map(served.map((index, place) => [index, place]));
  return {
    nodes: served.flatMap((index) => graph.nodes[index] ?? []),
    edges: graph.edges.flatMap(([from, to]) => {
      const [start, end] = [placeOf.get(from), placeOf.get(to)];
      return start === undefined || end === undefined ? [] : [[start, end] as const];
    }),
  };
}

interface Outcome {
  /** `null`: oc-mirror ended before it had looked at everything. */
  readonly selected: readonly string[] | null;
  readonly walked: readonly string[] | null;
  /** What is wrong or deserves a look, by meaning. `nothing`: nothing was found, for whatever reason. */
  readonly meanings: readonly string[];
}

function theirs({ selected, walked, errors = [], warnings = [] }: RecordedResult, graph: UpdateGraph): Outcome {
  const meanings = [...errors, ...warnings].flatMap(meaningsOf);
  if (selected === null) return { selected: null, walked: null, meanings };
  const versions = (texts: readonly string[]) => asCompared(texts, hasTies(graph));
  return { selected: versions(selected), walked: versions(walked ?? selected), meanings: distinct(meanings) };
}

const meaningOfText: readonly (readonly [text: RegExp, meaning: string])[] = [
  [/no cluster versions found for "[^"]*" in the "([^"]*)" channel/g, 'channel empty'],
  [/(?:current|requested) version (\S+) not found in the "([^"]*)" channel/g, 'release absent'],
  [/semver: Parse\(([^)]*)\)/g, 'version unreadable'],
  [/parsing image digest/g, 'no payload'],
  [/no release images found|no images to copy/g, 'nothing'],
  [/Extended Update Support/g, 'eus'],
  [/No upgrade path for (\S+) in target channel (\S+)/g, 'no way'],
];

function meaningsOf(message: string): string[] {
  return meaningOfText.flatMap(([text, meaning]) =>
    [...message.matchAll(text)].map((match) => [meaning, ...match.slice(1)].join(' ')),
  );
}

function ours(selection: ReleaseSelection, { graph, against }: { graph: UpdateGraph; against: Outcome }): Outcome {
  const tied = hasTies(graph);
  const { releases, walked, problems, notes } = selection;
  const told = [
    ...problems.map((problem) => {
      switch (problem.kind) {
        case 'channel empty':
          return `channel empty ${problem.channel}`;
        case 'release absent':
          return `release absent ${problem.version} ${problem.channel}`;
        case 'version unreadable':
          return `version unreadable ${problem.version}`;
        default:
          return problem.kind;
      }
    }),
    ...notes.flatMap((note) => {
      if (note.kind === 'eus') return 'eus';
      // oc-mirror does not report a range without releases.
      return note.kind === 'no way' ? `no way ${note.version} ${note.channel}` : [];
    }),
  ];
  const isNothing = against.meanings.includes('nothing') && releases.length === 0 && problems.length > 0;
  const meanings = distinct(isNothing ? ['nothing'] : told);
  if (against.selected === null) return { selected: null, walked: null, meanings };
  const labels = releases.map(({ payload }) => labelOf(payload, graph));
  return { selected: asCompared(labels, tied), walked: asCompared(walked, tied), meanings };
}

/** Nodes with the same payload have one label: `4.1.0|4.1.1`. */
function labelOf(payload: string, { nodes }: UpdateGraph): string {
  return nodes
    .filter((node) => node.payload === payload)
    .map(({ version }) => version)
    .sort(semver.compareBuild)
    .map(({ raw }) => raw)
    .join('|');
}

/** If versions differ only in build metadata, oc-mirror takes one of them at random. */
function asCompared(versions: readonly string[], tied: boolean): string[] {
  return distinct(tied ? versions.map((version) => version.replaceAll(/\+[^|]*/g, '')) : versions);
}

function hasTies({ nodes }: UpdateGraph): boolean {
  return new Set(nodes.map(({ version }) => version.version)).size < nodes.length;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
