/** The charts that the configuration requests from a repository, and the files of working-dir that they make. */
import { basename, join } from 'node:path';
import { composedFile } from '../archive/needed-files';
import type { PlannedFile } from '../archive/plan';
import { entryPieces } from '../archive/read-entry';
import type { HelmChart, HelmRepository } from '../imageset/schema';
import type { WebDocuments } from '../registry/web-documents';
import { writeFileAtomically } from '../system/atomic-file';
import { mapConcurrently } from '../system/concurrency';
import type { Position } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import { printable } from '../system/printable';
import { openChartRepository } from './chart-repository';
import { chartNotFound, chartUnusable, repositoryUnusable } from './errors';
import type { IndexedChart, RepositoryIndex } from './repository-index';
import { chartOf, indexOfMirrored } from './repository-index';
import { chartFileName, indexFileName } from './working-dir';

export interface ChartWorld {
  readonly documents: WebDocuments;
  /** The helm program. */
  readonly program: string;
  /** Where fetched charts are kept until archives are written, and helm's own files. */
  readonly folder: string;
  /** The folder that relative paths of local charts start from. */
  readonly workspaceRoot: string;
  readonly signal: AbortSignal;
  readonly onChart: (label: string) => void;
}

/** A chart that is to be rendered. */
export interface ChartAtHand {
  readonly label: string;
  readonly at: Position;
  readonly path: string;
  readonly imagePaths?: readonly string[] | undefined;
}

/** The version that `version` of a chart led to, if it is left out or a range. */
export interface ResolvedVersion {
  /** Path in the configuration. */
  readonly path: readonly PropertyKey[];
  readonly version: string;
}

// Each run of helm loads a core for a moment.
export const mostAtOnce = 3;

export interface FetchedCharts {
  readonly atHand: readonly ChartAtHand[];
  readonly files: readonly FetchedFile[];
  readonly versions: readonly ResolvedVersion[];
}

interface FetchedFile {
  readonly file: PlannedFile;
  readonly at: Position;
  /** Where the chart came from, to distinguish two with the same name. */
  readonly origin: string;
}

export interface RepositoryContext {
  /** Path in the configuration. */
  readonly path: readonly PropertyKey[];
  readonly placeOf: (path: readonly PropertyKey[]) => Position;
  readonly world: ChartWorld;
  readonly note: (text: string) => void;
}

/**
 * Fetches what an entry of the configuration names, into files below the world's folder.
 *
 * @throws SEQ0461 to SEQ0463 for a repository or a chart that cannot be used, and the errors of web documents
 */
export async function chartsOfRepository(
  entry: HelmRepository,
  { path, placeOf, world, note }: RepositoryContext,
): Promise<FetchedCharts> {
  const { documents, folder, signal } = world;
  const at = placeOf([...path, 'url']);
  world.onChart(`asking ${entry.name} for its charts`);
  const repository = await openChartRepository(entry, { documents, at, note });
  const chosen = chosenOf(entry, repository.index, (index) => placeOf([...path, 'charts', index, 'name']));
  // Several entries may lead to one chart.
  const wanted = [...new Set(chosen.map(({ chart }) => chart))];
  const fetched = await mapConcurrently(wanted, { limit: mostAtOnce, signal }, async (chart, position) => {
    const place = chosen.find((choice) => choice.chart === chart)?.at ?? at;
    const label = labelOf(chart);
    const name = chartFileName(chart);
    if (name === undefined) {
      const why =
        'The name of a chart must contain only letters, digits, . _ + and -, because the name becomes the name of a file';
      throw chartUnusable({ at: place, chart: label, why });
    }
    world.onChart(`fetching ${label}`);
    const packed = await repository.chart(chart);
    const kept = join(folder, String(path.at(-1)), String(position), basename(name));
    await writeFileAtomically(inPrivateFolder(kept), packed);
    const file: PlannedFile = {
      name,
      bytes: packed.length,
      pieces: () => entryPieces({ path: kept }, { offset: 0, bytes: packed.length }, { signal }),
    };
    return { chart, kept, file: { file, at: place, origin: `${entry.url} ${chart.version}` } };
  });
  const files = fetched.map(({ file }) => file);
  if (entry.charts === undefined) {
    const name = indexFileName(entry.url);
    if (name === undefined)
      throw repositoryUnusable({
        at,
        name: entry.name,
        why: 'The url of a repository must not contain . or .. as a part, because the url becomes the path of a file',
      });
    const index = indexOfMirrored(chosen.map(({ chart }) => chart));
    files.push({ file: composedFile(name, index), at, origin: entry.url });
  }
  return {
    files,
    atHand: chosen.flatMap(({ chart, listed, at: place = at }) => {
      const kept = fetched.find((found) => found.chart === chart)?.kept;
      // A library only has parts for other charts: it renders to nothing, and helm refuses to render it.
      if (kept === undefined || chart.isLibrary) return [];
      return [{ label: labelOf(chart), at: place, path: kept, imagePaths: listed?.imagePaths }];
    }),
    versions: chosen.flatMap(({ chart, listed }, index) =>
      listed === undefined || listed.version === chart.version
        ? []
        : [{ path: [...path, 'charts', index, 'version'], version: chart.version }],
    ),
  };
}

function labelOf({ name, version }: IndexedChart): string {
  return `${name}-${version}`;
}

interface ChosenChart {
  readonly chart: IndexedChart;
  /** The entry that asks for it, and its place; `undefined` if the whole repository is requested. */
  readonly listed?: HelmChart | undefined;
  readonly at?: Position | undefined;
}

/** The listed charts, or each version of each chart except libraries. @throws SEQ0462 if one is missing */
function chosenOf(
  { name: repository, charts }: HelmRepository,
  index: RepositoryIndex,
  placeOf: (index: number) => Position,
): ChosenChart[] {
  if (charts === undefined) return index.charts.filter(({ isLibrary }) => !isLibrary).map((chart) => ({ chart }));
  return charts.map((listed, position) => {
    const at = placeOf(position);
    const { name, version = '' } = listed;
    const chart = chartOf(index, listed);
    if (chart === 'unreadable') {
      const why = `${printable(version)} is not a version and not a version range`;
      throw chartUnusable({
        at,
        chart: name,
        why,
        next: 'Write a version such as 1.2.3, or a range such as 1.2.x, ^1.2 or >=1.2 <2',
      });
    }
    if (chart !== undefined) return { chart, listed, at };
    const there = index.charts.filter((other) => other.name === name).map((other) => other.version);
    throw chartNotFound({ at, chart: name, version: version === '' ? undefined : version, repository, there });
  });
}

/** Each once. @throws SEQ0463 for two charts that would have the same name: disk-to-mirror could confuse them */
export function filesOf(fetched: readonly FetchedCharts[]): PlannedFile[] {
  const files = new Map<string, FetchedFile>();
  for (const next of fetched.flatMap((found) => found.files)) {
    const { name } = next.file;
    const other = files.get(name);
    if (other !== undefined && other.origin !== next.origin) {
      const why = `Another chart in this configuration has the same name and version, and oc-mirror keeps only one of the two (${name})`;
      throw chartUnusable({
        at: next.at,
        chart: basename(name),
        why,
        next: 'Move one of the two charts to another mirror',
      });
    }
    files.set(name, next);
  }
  return [...files.values()].map(({ file }) => file);
}
