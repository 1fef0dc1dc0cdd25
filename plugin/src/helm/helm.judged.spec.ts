/** Charts rendered by the real helm. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LabChart } from '../../../testing/lab/charts';
import { filesOfChart } from '../../../testing/lab/charts';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import type { Charts } from './charts.fixture';
import { createCharts } from './charts.fixture';

jest.setTimeout(60_000);

const pod = (image: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}-pod\n${more}spec:\n  containers:\n  - image: ${image}\n`;

const app: LabChart = {
  name: 'app',
  version: '1.2.0',
  files: {
    'values.yaml': 'image:\n  repository: quay.io/app/web\n  tag: "1.2"\nextra: false\n',
    'crds/things.yaml':
      'kind: CustomResourceDefinition\nspec:\n  image: quay.io/app/crd:1\n---\nspec:\n  image: quay.io/app/crd:2\n',
    'templates/_helpers.tpl':
      '{{- define "app.image" -}}{{ .Values.image.repository }}:{{ .Values.image.tag }}{{- end -}}',
    'templates/pod.yaml': pod('{{ include "app.image" . }}'),
    'templates/two.yaml': `${pod('quay.io/app/one:1')}---\n${pod('quay.io/app/two:2')}`,
    'templates/hook.yaml': pod('quay.io/app/hook:1', '  annotations:\n    helm.sh/hook: pre-install\n'),
    'templates/extra.yaml': `{{ if .Values.extra }}\n${pod('quay.io/app/extra:1')}{{ end }}\n`,
    'templates/NOTES.txt': 'spec: {containers: [{image: quay.io/app/notes:1}]}\n',
    'charts/part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 0.1.0\n',
    'charts/part/templates/pod.yaml': pod('quay.io/app/part:1'),
    'charts/part/templates/NOTES.txt': 'notes\n',
  },
};

const expected = ['quay.io/app/one:1', 'quay.io/app/part:1', 'quay.io/app/two:2', 'quay.io/app/web:1.2'];

describeWith(['helm'], 'charts by the real helm', () => {
  const helm = programPath('helm') as string;
  let charts: Charts;
  beforeEach(async () => {
    charts = await createCharts();
  });
  afterEach(() => charts.close());

  const namesOf = async (...lines: string[]): Promise<string[]> => {
    const { images } = await charts.charts(lines, { helm });
    return images.map(({ name }) => name).sort();
  };

  async function unpacked(chart: LabChart): Promise<string> {
    for (const { path, text } of filesOfChart(chart)) {
      const file = join(charts.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return chart.name;
  }

  it('give the images of their own values, parts and definitions, without hooks and notes', async () => {
    const { host } = await charts.serve([app, { name: 'base', version: '1.0.0', type: 'library', files: {} }]);
    expect(await namesOf('repositories:', `- {url: "http://${host}/stable/", name: lab}`)).toEqual(expected);
  });

  it('are searched with their own paths, in every document', async () => {
    const path = await unpacked(app);
    expect(await namesOf('local:', `- path: ${path}`, '  imagePaths:', '  - "{.spec.image}"')).toEqual(
      [...expected, 'quay.io/app/crd:1', 'quay.io/app/crd:2'].sort(),
    );
  });

  it("are refused with helm's message if a template fails", async () => {
    const path = await unpacked({
      ...app,
      name: 'failing',
      files: { 'templates/a.yaml': '{{ fail "no values for this" }}' },
    });
    await expect(namesOf('local:', `- path: ${path}`)).rejects.toMatchObject({
      code: 'SEQ0464',
      details: expect.arrayContaining([expect.stringContaining('no values for this')]),
    });
  });

  it('run no plugin and no shell, whatever the names of a chart and its path', async () => {
    const path = await unpacked({ ...app, name: '--post-renderer=touch $(touch pwned) ; touch pwned' });
    expect(await namesOf('local:', `- path: ${JSON.stringify(path)}`)).toEqual(expected);
    const written = await readdir(charts.folder, { recursive: true });
    expect(written.filter((name) => basename(name) === 'pwned')).toEqual([]);
  });
});
