/**
 * The charts of a configuration: fetched, rendered by the user's helm, and searched for images, as oc-mirror does with
 * helm's library (internal/pkg/helm/local_stored_collector.go). Called by the collector of the embedded engine; stands
 * on registry/web-documents.ts. `json-path/` reads imagePaths.
 */
import { basename, resolve } from 'node:path';
import type { PlannedFile } from '../archive/plan';
import type { ImageSetDocument } from '../imageset/document';
import type { LocalChart } from '../imageset/schema';
import { mapConcurrently } from '../system/concurrency';
import type { Position } from '../system/errors';
import { cutDetails } from '../system/errors';
import { isFile, isFolder } from '../system/files';
import { printable } from '../system/printable';
import { chartUnusable } from './errors';
import { renderChart } from './render';
import { imagesIn } from './rendered-images';
import type { ChartAtHand, ChartWorld, FetchedCharts, ResolvedVersion } from './repository-charts';
import { chartsOfRepository, filesOf, mostAtOnce } from './repository-charts';

export type { ChartWorld } from './repository-charts';

export interface ChartContent {
  readonly images: readonly ChartImage[];
  /** Charts and indexes as disk-to-mirror reads them, `working-dir/helm/…`. */
  readonly files: readonly PlannedFile[];
  readonly versions: readonly ResolvedVersion[];
  /** Notes for people. */
  readonly notes: readonly string[];
}

export interface ChartImage {
  /** Without `docker://`: `quay.io/app/web:1.2`. */
  readonly name: string;
  /** The chart that names it first: `podinfo-6.7.1`. */
  readonly chart: string;
  /** Place of that chart. */
  readonly at: Position;
}

/**
 * Fetches what the configuration names, and renders it. The same charts give the same content. The paths in imagePaths
 * have been checked before.
 *
 * @throws SEQ0461 to SEQ0464 for a repository or a chart that cannot be used, and the errors of web documents
 */
export async function chartsOf(document: ImageSetDocument, world: ChartWorld): Promise<ChartContent> {
  const { repositories = [], local = [] } = document.config.mirror.helm ?? {};
  const placeOf = (path: readonly PropertyKey[]): Position => ({ file: document.file, ...document.positionOf(path) });
  const notes = new Set<string>();
  const atHand: ChartAtHand[] = [];
  for (const [index, chart] of local.entries())
    atHand.push(await localChart(chart, placeOf(['mirror', 'helm', 'local', index, 'path']), world));

  const fetched: FetchedCharts[] = [];
  for (const [index, repository] of repositories.entries()) {
    const path = ['mirror', 'helm', 'repositories', index];
    fetched.push(await chartsOfRepository(repository, { path, placeOf, world, note: (text) => notes.add(text) }));
  }
  const charts = [...atHand, ...fetched.flatMap((found) => found.atHand)];
  const rendered = await mapConcurrently(charts, { limit: mostAtOnce, signal: world.signal }, async (chart) => {
    world.onChart(`rendering ${chart.label}`);
    const { program, folder, signal } = world;
    return imagesIn(await renderChart(chart, { program, folder, signal }), chart);
  });
  const images = new Map<string, ChartImage>();
  for (const [index, { at, label }] of charts.entries()) {
    const { images: names = [], passedOver = [] } = rendered[index] ?? {};
    for (const name of names) if (!images.has(name)) images.set(name, { name, chart: label, at });
    if (passedOver.length > 0)
      notes.add(
        `ignored in ${printable(label)} (no image with a tag or digest): ${cutDetails(passedOver.map((name) => printable(name))).join(', ')}`,
      );
  }
  return {
    images: [...images.values()],
    files: filesOf(fetched),
    versions: fetched.flatMap(({ versions }) => versions),
    notes: [...notes],
  };
}

/** @throws SEQ0463 if there is neither a folder nor a file */
async function localChart(
  { path, imagePaths }: LocalChart,
  at: Position,
  { workspaceRoot }: ChartWorld,
): Promise<ChartAtHand> {
  const absolute = resolve(workspaceRoot, path);
  if (!(await isFolder(absolute)) && !(await isFile(absolute))) {
    const why = `${printable(absolute)} does not exist, or is not a file or folder`;
    throw chartUnusable({
      at,
      chart: path,
      why,
      next: 'Correct the path. A relative path starts at the root folder of the workspace',
    });
  }
  return { label: basename(path), at, path: absolute, imagePaths };
}
