/** A chart repository on loopback, and a helm that prints what was recorded and notes how it was called. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { LabChart } from '../../../testing/lab/charts';
import { chartRepository } from '../../../testing/lab/charts';
import { parseImageSet } from '../imageset/document';
import type { ScriptedServer } from '../registry/scripted-registry.fixture';
import { createLab } from '../registry/scripted-registry.fixture';
import { createWebDocuments } from '../registry/web-documents';
import type { ChartContent } from './helm';
import { chartsOf } from './helm';

export interface HelmCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export async function createCharts() {
  const lab = createLab();
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-charts-'));
  const [recorded, calls, program] = ['recorded', 'calls.jsonl', 'helm'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(recorded);
  await writeFile(calls, '');
  const script = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const [, , ...args] = process.argv;
appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ args, env: process.env, cwd: process.cwd() }) + '\\n');
const file = ${JSON.stringify(recorded)} + '/' + require('node:path').basename(args[2]);
if (!existsSync(file)) { process.stderr.write('Error: INSTALLATION FAILED\\n'); process.exit(1); }
process.stdout.write(readFileSync(file));
`;
  await writeFile(program, script, { mode: 0o755 });

  return {
    folder,
    program,
    /** Serves charts under `/stable/`; if a query is given, only with it. */
    serve: (charts: readonly LabChart[], query = ''): Promise<ScriptedServer> => {
      const documents = chartRepository(charts);
      return lab.serve(({ url = '' }, response) => {
        const document = url.startsWith('/stable/')
          ? documents.get(decodeURI(url.slice('/stable/'.length, url.length - query.length)))
          : undefined;
        if (document === undefined || !url.endsWith(query)) return void response.writeHead(404).end();
        response.end(document);
      });
    },
    /** An empty folder, for a local chart. */
    folderOf: (name: string) => mkdir(join(folder, name)),
    /** Records what helm prints for a chart, by the name of its file or folder. */
    record: (chart: string, ...images: readonly string[]): Promise<void> => {
      const pods = images.map(
        (image, index) =>
          `---\n# Source: ${chart}/templates/${index}.yaml\nspec:\n  containers:\n  - image: ${image}\n`,
      );
      return writeFile(join(recorded, basename(chart)), pods.join(''));
    },
    calls: async (): Promise<HelmCall[]> =>
      (await readFile(calls, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as HelmCall),
    /** The charts that lines below `helm:` lead to. */
    charts: async (lines: readonly string[], { helm = program } = {}): Promise<ChartContent> => {
      const text = [
        'kind: ImageSetConfiguration',
        'mirror:',
        '  helm:',
        ...lines.map((line) => `    ${line}`),
        '',
      ].join('\n');
      const { document, findings } = parseImageSet(text, 'imageset-config.yaml');
      if (document === undefined) throw new Error(findings.map(({ what }) => what).join('\n'));
      const { signal } = new AbortController();
      const documents = createWebDocuments({ settings: {}, env: lab.env, signal, retries: 0 });
      try {
        return await chartsOf(document, {
          documents,
          program: helm,
          folder: join(folder, 'kept'),
          workspaceRoot: folder,
          signal,
          onChart: () => undefined,
        });
      } finally {
        await documents.close();
      }
    },
    close: async () => {
      await lab.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Charts = Awaited<ReturnType<typeof createCharts>>;
