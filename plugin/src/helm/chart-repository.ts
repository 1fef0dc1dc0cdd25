/** Asks a chart repository for its index and its charts, as helm does (pkg/repo, pkg/downloader). */
import type { HelmRepository } from '../imageset/schema';
import type { WebDocuments } from '../registry/web-documents';
import type { Position } from '../system/errors';
import { printable } from '../system/printable';
import { sha256Of } from '../system/sha256';
import { chartUnusable, repositoryUnusable } from './errors';
import type { IndexedChart, RepositoryIndex } from './repository-index';
import { indexByteLimit, readRepositoryIndex } from './repository-index';

export interface ChartRepository {
  readonly index: RepositoryIndex;
  /** A packed chart. @throws SEQ0463 if it is missing, and the errors of web documents */
  chart(chart: IndexedChart): Promise<Buffer>;
}

/** helm unpacks no more than 100 MB; packed, real charts have less than one. */
const chartByteLimit = 100 * 1024 ** 2;

/** @throws SEQ0461 for an index that is missing or can't be read, and the errors of web documents */
export async function openChartRepository(
  { url, name, charts }: HelmRepository,
  { documents, at, note }: { documents: WebDocuments; at: Position; note: (text: string) => void },
): Promise<ChartRepository> {
  const instead = `The URL of the repository is at ${at.file}:${at.line}:${at.column}`;
  const content = await documents.read(addressOf('index.yaml', url), {
    subject: `the index of the helm repository ${name}`,
    instead,
    limit: indexByteLimit,
  });
  if (content === undefined)
    throw repositoryUnusable({ at, name, why: 'There is no index.yaml at the url of the repository' });
  const { index, problem } = readRepositoryIndex(content, charts && new Set(charts.map((chart) => chart.name)));
  if (index === undefined) throw repositoryUnusable({ at, name, why: problem });
  return {
    index,
    chart: async (chart) => {
      const label = `${chart.name}-${chart.version}`;
      const from = URL.canParse(chart.url, url) ? addressOf(chart.url, url) : undefined;
      if (from === undefined || !['http:', 'https:'].includes(from.protocol)) {
        const why = `The index of ${printable(name)} gives the URL ${printable(chart.url)}, but seqmirror supports only http and https`;
        const next = 'Run `helm pull` to fetch the chart, and add the file under helm.local';
        throw chartUnusable({ at, chart: label, why, next });
      }
      const packed = await documents.read(from, { subject: `the helm chart ${label}`, instead, limit: chartByteLimit });
      if (packed === undefined)
        throw chartUnusable({
          at,
          chart: label,
          why: `The index of ${printable(name)} names this chart, but the server does not have it`,
        });
      if (chart.sha256 !== undefined && sha256Of(packed) !== chart.sha256)
        note(`the sha256 of the helm chart ${printable(label)} is not the one in the index of ${printable(name)}`);
      return packed;
    },
  };
}

/** ResolveReferenceURL of pkg/repo: a relative address is below the repository, and is requested with its query. */
function addressOf(reference: string, repository: string): URL {
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return new URL(reference);
  const resolved = new URL(reference, base);
  resolved.search = base.search;
  return resolved;
}
