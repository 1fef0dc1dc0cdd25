/** Charts as helm packs them, and the answers of a repository that has them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeHeader, paddedBytes, trailerBytes } from '../../plugin/src/archive/tar-header';

export interface LabChart {
  readonly name: string;
  readonly version: string;
  readonly type?: 'application' | 'library' | undefined;
  /** By their paths in the chart, `templates/app.yaml`. Chart.yaml is made. */
  readonly files: Readonly<Record<string, string>>;
  /** As in the index; default: the packed chart's own. */
  readonly digest?: string | undefined;
  /** As in the index; default: `<name>-<version>.tgz`, where the repository answers. */
  readonly url?: string | undefined;
}

/** All files of a chart, below a folder of its name. */
export function filesOfChart({ name, version, type = 'application', files }: Omit<LabChart, 'digest' | 'url'>) {
  const metadata = ['apiVersion: v2', `name: ${name}`, `version: ${version}`, `type: ${type}`, ''].join('\n');
  return Object.entries({ 'Chart.yaml': metadata, ...files }).map(([path, text]) => ({
    path: `${name}/${path}`,
    text,
  }));
}

export function packedChart(chart: LabChart): Buffer {
  const entries = filesOfChart(chart).flatMap(({ path, text }) => {
    const body = Buffer.alloc(paddedBytes(Buffer.byteLength(text)));
    body.write(text);
    return [encodeHeader({ name: path, bytes: Buffer.byteLength(text) }), body];
  });
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(trailerBytes)]));
}

/** The documents of a repository, by their paths below it. */
export function chartRepository(charts: readonly LabChart[]): ReadonlyMap<string, Buffer> {
  const documents = new Map<string, Buffer>();
  const lines = ['apiVersion: v1', 'entries:'];
  for (const name of [...new Set(charts.map((chart) => chart.name))]) {
    lines.push(`  ${name}:`);
    for (const chart of charts.filter((each) => each.name === name)) {
      const packed = packedChart(chart);
      const file = `${name}-${chart.version}.tgz`;
      documents.set(file, packed);
      const digest = chart.digest ?? createHash('sha256').update(packed).digest('hex');
      lines.push('  - apiVersion: v2', '    created: "2026-11-01T10:00:00Z"', `    digest: ${digest}`);
      lines.push(`    name: ${name}`, ...(chart.type === undefined ? [] : [`    type: ${chart.type}`]));
      lines.push('    urls:', `    - ${chart.url ?? file}`, `    version: ${chart.version}`);
    }
  }
  documents.set('index.yaml', Buffer.from([...lines, 'generated: "2026-11-01T10:00:00Z"', ''].join('\n')));
  return documents;
}
