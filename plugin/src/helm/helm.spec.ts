import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabChart } from '../../../testing/lab/charts';
import { packedChart } from '../../../testing/lab/charts';
import type { PlannedFile } from '../archive/plan';
import type { Charts } from './charts.fixture';
import { createCharts } from './charts.fixture';

const chart = (name: string, version: string, more: Partial<LabChart> = {}): LabChart => ({
  name,
  version,
  files: {},
  ...more,
});

let charts: Charts;
beforeEach(async () => {
  charts = await createCharts();
});
afterEach(() => charts.close());

async function contentOf({ pieces }: PlannedFile): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces()) all.push(piece);
  return Buffer.concat(all);
}

describe('charts of a repository', () => {
  it('are fetched if they are listed, and kept as disk-to-mirror reads them', async () => {
    const app = chart('app', 'v1.2.0');
    const { host, requests } = await charts.serve([chart('app', '1.0.0'), app, chart('other', '1.0.0')]);
    await charts.record('app-v1.2.0.tgz', 'quay.io/app/web:1.2', 'quay.io/app/web:1.2', 'quay.io/app/db');
    const content = await charts.charts([
      'repositories:',
      `- url: http://${host}/stable`,
      '  name: lab',
      '  charts:',
      '  - name: app',
    ]);
    expect(content.images).toEqual([
      { name: 'quay.io/app/web:1.2', chart: 'app-v1.2.0', at: { file: 'imageset-config.yaml', line: 8, column: 15 } },
    ]);
    expect(content.notes).toEqual(['ignored in app-v1.2.0 (no image with a tag or digest): quay.io/app/db']);
    expect(content.versions).toEqual([
      { path: ['mirror', 'helm', 'repositories', 0, 'charts', 0, 'version'], version: 'v1.2.0' },
    ]);
    expect(content.files.map(({ name }) => name)).toEqual(['working-dir/helm/charts/app-v1.2.0.tgz']);
    expect(await contentOf(content.files[0] as PlannedFile)).toEqual(packedChart(app));
    expect(requests).toEqual(['GET /stable/index.yaml', 'GET /stable/app-v1.2.0.tgz']);
  });

  it('are all taken, except libraries, if none is listed, with an index of these', async () => {
    const { host } = await charts.serve([
      chart('app', '1.0.0'),
      chart('app', '0.9.0'),
      chart('base', '1.0.0', { type: 'library' }),
    ]);
    await charts.record('app-1.0.0.tgz', 'quay.io/app/web:1.0');
    await charts.record('app-0.9.0.tgz', 'quay.io/app/web:0.9');
    const { images, files, versions } = await charts.charts([
      'repositories:',
      `- {url: "http://${host}/stable/", name: lab}`,
    ]);
    expect(images.map(({ name }) => name)).toEqual(['quay.io/app/web:1.0', 'quay.io/app/web:0.9']);
    expect(versions).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual([
      'working-dir/helm/charts/app-1.0.0.tgz',
      'working-dir/helm/charts/app-0.9.0.tgz',
      `working-dir/helm/indexes/${host}/stable/index.yaml`,
    ]);
    expect((await contentOf(files[2] as PlannedFile)).toString()).toBe(
      '{"apiVersion":"v1","entries":{"app":[{"name":"app","version":"1.0.0","urls":["app-1.0.0.tgz"]},{"name":"app","version":"0.9.0","urls":["app-0.9.0.tgz"]}]}}\n',
    );
  });

  it('are fetched once if several entries lead to the same chart, and each entry searches it with its own paths', async () => {
    const { host, requests } = await charts.serve([chart('app', '1.0.0')]);
    await charts.record('app-1.0.0.tgz', 'quay.io/app/web:1');
    const { images, files, versions } = await charts.charts([
      'repositories:',
      `- url: http://${host}/stable/`,
      '  name: lab',
      '  charts:',
      '  - name: app',
      '  - {name: app, version: 1.0.0, imagePaths: ["text:{.spec.containers[0].image}"]}',
      '  - {name: app, version: ^1.0.0}',
    ]);
    expect(images.map(({ name }) => name)).toEqual(['quay.io/app/web:1']);
    expect(files).toHaveLength(1);
    expect(versions.map(({ path }) => path.at(-2))).toEqual([0, 2]);
    expect(requests).toHaveLength(2);
    expect(await charts.calls()).toHaveLength(3);
  });

  it('are left out if the list is empty, as in oc-mirror', async () => {
    const { host } = await charts.serve([chart('app', '1.0.0')]);
    const content = await charts.charts(['repositories:', `- {url: "http://${host}/stable/", name: lab, charts: []}`]);
    expect(content).toEqual({ images: [], files: [], versions: [], notes: [] });
  });

  it('are requested with the query of the repository, and elsewhere if the index says so', async () => {
    const elsewhere = await charts.serve([chart('app', '1.0.0')]);
    const url = `http://${elsewhere.host}/stable/app-1.0.0.tgz`;
    const { host, requests } = await charts.serve([chart('app', '1.0.0', { url }), chart('db', '1.0.0')], '?key=value');
    await charts.record('app-1.0.0.tgz', 'quay.io/app/web:1');
    await charts.record('db-1.0.0.tgz', 'quay.io/app/db:1');
    const { images } = await charts.charts([
      'repositories:',
      `- url: http://${host}/stable/?key=value`,
      '  name: lab',
      '  charts: [{name: app, version: 1.0.0}, {name: db, version: ^1.0}]',
    ]);
    expect(images).toHaveLength(2);
    expect(requests).toEqual(['GET /stable/index.yaml?key=value', 'GET /stable/db-1.0.0.tgz?key=value']);
    expect(elsewhere.requests).toEqual(['GET /stable/app-1.0.0.tgz']);
  });

  it('are noted if they differ from what the index says', async () => {
    const { host } = await charts.serve([chart('app', '1.0.0', { digest: 'f'.repeat(64) })]);
    await charts.record('app-1.0.0.tgz', 'quay.io/app/web:1');
    const { notes } = await charts.charts(['repositories:', `- {url: "http://${host}/stable/", name: lab}`]);
    expect(notes).toEqual(['the sha256 of the helm chart app-1.0.0 is not the one in the index of lab']);
  });

  it.each<[{ charts?: object[]; path?: string }, string, number]>([
    [{ charts: [{ name: 'app', version: '3.0.0' }] }, 'SEQ0462', 8],
    [{ charts: [{ name: 'nothing' }] }, 'SEQ0462', 8],
    [{ charts: [{ name: 'app', version: 'newest' }] }, 'SEQ0463', 8],
    [{ charts: [{ name: 'gone' }] }, 'SEQ0463', 5],
    [{ charts: [{ name: 'oci' }] }, 'SEQ0463', 5],
    [{ charts: [{ name: 'file' }] }, 'SEQ0463', 5],
    [{ charts: [{ name: 'broken' }] }, 'SEQ0464', 8],
    [{ path: 'nowhere/' }, 'SEQ0461', 5],
  ])('are refused at their place: %j', async ({ charts: listed = [], path = 'stable/' }, code, line) => {
    const { host } = await charts.serve([
      chart('app', '1.0.0'),
      chart('gone', '1.0.0', { url: 'elsewhere.tgz' }),
      chart('oci', '1.0.0', { url: 'oci://registry.example/charts/oci:1.0.0' }),
      chart('file', '1.0.0', { url: 'file:///etc/passwd' }),
      chart('broken', '1.0.0'),
    ]);
    const entries = listed.map((entry) => `  - ${JSON.stringify(entry)}`);
    const lines = ['repositories:', `- url: http://${host}/${path}`, '  name: lab', '  charts:', ...entries];
    await expect(charts.charts(lines)).rejects.toMatchObject({ code, at: { line } });
    expect(await charts.calls()).toHaveLength(code === 'SEQ0464' ? 1 : 0);
  });

  it('are refused if two repositories have one with the same name and version', async () => {
    const [first, second] = [await charts.serve([chart('app', '1.0.0')]), await charts.serve([chart('app', '1.0.0')])];
    await charts.record('app-1.0.0.tgz', 'quay.io/app/web:1');
    const lines = [first, second].map(({ host }) => `- {url: "http://${host}/stable/", name: lab}`);
    await expect(charts.charts(['repositories:', ...lines])).rejects.toMatchObject({ code: 'SEQ0463' });
  });

  it('cannot leave the folder with their names', async () => {
    const name = '../../../escaped';
    const { host } = await charts.serve([chart(name, '1.0.0', { url: 'app-1.0.0.tgz' }), chart('app', '1.0.0')]);
    await expect(
      charts.charts(['repositories:', `- {url: "http://${host}/stable/", name: lab}`]),
    ).rejects.toMatchObject({
      code: 'SEQ0463',
      why: 'The name of a chart must contain only letters, digits, . _ + and -, because the name becomes the name of a file',
    });
  });
});

describe('local charts', () => {
  it('are rendered where they are, relative to the workspace or absolute, before those of repositories', async () => {
    await mkdir(join(charts.folder, 'charts/-app'), { recursive: true });
    const packed = join(charts.folder, 'db.tgz');
    await writeFile(packed, '');
    await charts.record('-app', 'quay.io/app/web:1');
    await charts.record('db.tgz', 'quay.io/app/db:1', 'quay.io/app/web:1');
    const { images, files } = await charts.charts(['local:', '- path: charts/-app', `- path: ${packed}`]);
    expect(images.map(({ name, at }) => `${name} ${at.line}`)).toEqual(['quay.io/app/web:1 5', 'quay.io/app/db:1 6']);
    expect(files).toEqual([]);
    const calls = await charts.calls();
    expect(calls.map(({ args }) => args[2]).sort()).toEqual([join(charts.folder, 'charts/-app'), packed]);
  });

  it('are refused if nothing is there, or something that helm would wait for', async () => {
    await expect(charts.charts(['local:', '- path: nothing'])).rejects.toMatchObject({
      code: 'SEQ0463',
      at: { line: 5 },
    });
    await expect(charts.charts(['local:', '- path: /dev/null'])).rejects.toMatchObject({ code: 'SEQ0463' });
  });
});

describe('helm', () => {
  it('gets nothing of our environment, and folders of its own', async () => {
    process.env['SEQMIRROR_SPEC_SECRET'] = 'secret';
    await mkdir(join(charts.folder, 'app'));
    await charts.record('app', 'quay.io/app/web:1');
    await charts.charts(['local:', '- path: app']).finally(() => delete process.env['SEQMIRROR_SPEC_SECRET']);
    const home = join(charts.folder, 'kept/helm');
    const [call] = await charts.calls();
    expect(call).toEqual({
      args: ['template', 'release-name', join(charts.folder, 'app'), '--no-hooks', '--include-crds'],
      cwd: home,
      env: {
        HOME: home,
        TMPDIR: home,
        HELM_CACHE_HOME: join(home, 'cache'),
        HELM_CONFIG_HOME: join(home, 'config'),
        HELM_DATA_HOME: join(home, 'data'),
        HELM_PLUGINS: join(home, 'plugins'),
        HELM_NO_PLUGINS: '1',
        KUBECONFIG: join(home, 'kubeconfig'),
      },
    });
  });
});
