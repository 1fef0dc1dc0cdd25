import { join } from 'node:path';
import type { LabChart } from '../../../../../testing/lab/charts';
import { packedChart } from '../../../../../testing/lab/charts';
import { readArchiveIndex } from '../../../archive/archive-index';
import { filesIn } from '../../../archive/working-dir';
import type { Charts } from '../../../helm/charts.fixture';
import { createCharts } from '../../../helm/charts.fixture';
import { embeddedEngine } from '../embedded';
import type { Source } from '../source.fixture';
import { createSource, parsed } from '../source.fixture';

jest.setTimeout(60_000);

const version = { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' } as const;

let source: Source;
let charts: Charts;
beforeEach(async () => {
  [source, charts] = [await createSource(), await createCharts()];
});
afterEach(async () => {
  await source.close();
  await charts.close();
});

async function requested(...lines: string[]) {
  const document = parsed(['mirror:', '  helm:', ...lines.map((line) => `    ${line}`)].join('\n'));
  const request = source.request(document);
  return { ...request, options: { ...request.options, helmBinary: charts.program } };
}

describe('charts in the embedded engine', () => {
  it('bring their images and what disk-to-mirror reads, with their versions pinned, the same bytes each time', async () => {
    const { host } = await charts.serve([{ name: 'app', version: '1.2.0', files: {} }]);
    const image = source.image('lab/app', 'v1', ['layer']);
    await charts.record('app-1.2.0.tgz', `${source.host}/lab/app:v1`, `${source.host}/lab/app@${image.digest}`);
    const request = await requested(
      'repositories:',
      `- url: http://${host}/stable/`,
      '  name: lab',
      '  charts:',
      '  - name: app',
    );
    const staged = await embeddedEngine.mirrorToDisk(request, version);
    expect(staged.images).toEqual([
      { kind: 'helm', source: `${source.host}/lab/app:v1`, digest: image.digest, repository: 'lab/app', tag: 'v1' },
      {
        kind: 'helm',
        source: `${source.host}/lab/app@${image.digest}`,
        digest: image.digest,
        repository: 'lab/app',
        tag: image.digest.replace(':', '-'),
      },
    ]);
    expect(staged.pinnedConfig).toContain('- version: 1.2.0\n');
    const index = await readArchiveIndex(staged.archives[0] as string);
    expect(index.workingDir.map(({ name }) => name)).toEqual(['working-dir/helm/charts/app-1.2.0.tgz']);
    const plan = await embeddedEngine.plan(request, version);
    expect(plan.images).toEqual(staged.images);
  });

  it('are those of this run, although an earlier one in the same stage had others of the same size', async () => {
    source.image('lab/app', 'v1', ['layer']);
    await charts.record('app-1.0.0.tgz', `${source.host}/lab/app:v1`);
    const all = [...'abcdefghij'].map((text) => ({ name: 'app', version: '1.0.0', files: { 'values.yaml': text } }));
    const bytes = packedChart(all[0] as LabChart).length;
    const versions = all.filter((chart) => packedChart(chart).length === bytes).slice(0, 2);
    expect(versions).toHaveLength(2);
    const packed = versions.map(packedChart);
    for (const [index, chart] of versions.entries()) {
      const { host } = await charts.serve([chart]);
      const request = await requested(
        'repositories:',
        `- {url: "http://${host}/stable/", name: lab, charts: [{name: app}]}`,
      );
      const { archives } = await embeddedEngine.mirrorToDisk(request, version);
      const file = filesIn(await readArchiveIndex(archives[0] as string))[0];
      expect((await file?.read({ limit: 10_000 }))?.equals(packed[index] as Buffer)).toBe(true);
    }
  });

  it('leave out images that are blocked', async () => {
    source.image('lab/app', 'v1', ['layer']);
    await charts.record('app', `${source.host}/lab/app:v1`, `${source.host}/lab/other:v1`);
    await charts.folderOf('app');
    const { document, ...request } = await requested('local:', `- path: ${join(charts.folder, 'app')}`);
    const blocking = parsed(
      `${document.text.slice(document.text.indexOf('mirror:'))}  blockedImages:\n    - name: lab/other`,
    );
    const { images } = await embeddedEngine.mirrorToDisk({ ...request, document: blocking }, version);
    expect(images.map(({ repository }) => repository)).toEqual(['lab/app']);
  });

  it('are refused at their place for an image that oc-mirror would unpack into its working-dir', async () => {
    await charts.record('app', `${source.host}/lab/working-dir:v1`);
    await charts.folderOf('app');
    const request = await requested('local:', `- path: ${join(charts.folder, 'app')}`);
    await expect(embeddedEngine.mirrorToDisk(request, version)).rejects.toMatchObject({
      code: 'SEQ0414',
      at: { line: 6 },
    });
  });

  it('are refused before any request if there is no helm', async () => {
    const { host, requests } = await charts.serve([{ name: 'app', version: '1.2.0', files: {} }]);
    const { options, ...request } = await requested('repositories:', `- {url: "http://${host}/stable/", name: lab}`);
    const without = { ...request, options: { ...options, helmBinary: undefined } };
    await expect(embeddedEngine.mirrorToDisk(without, version)).rejects.toMatchObject({
      code: 'SEQ0410',
      at: { line: 6 },
      what: 'The embedded engine cannot mirror the helm repository lab without helm',
    });
    expect(requests).toEqual([]);
  });
});
