import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabChart } from '../../../testing/lab/charts';
import { chartRepository, filesOfChart } from '../../../testing/lab/charts';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { contentOf } from '../../../testing/lab/registry-content';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import type { World } from '../../../testing/worlds/oc-mirror';
import { startWorld, upload } from '../../../testing/worlds/oc-mirror';
import { embeddedEngine } from './embedded/embedded';
import type { EngineVersion, MirrorEngine, StagedArchives } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';

jest.setTimeout(600_000);

const host = 'registry.redhat.io';
const podOf = (...images: string[]): string =>
  [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  name: {{ .Chart.Name }}',
    'spec:',
    '  containers:',
    ...images.map((image) => `  - image: ${image}`),
    '',
  ].join('\n');
const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: backup
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - image: ${host}/app/backup:1
`;

const charts: readonly LabChart[] = [
  {
    name: 'web',
    version: 'v1.2.0',
    files: {
      'values.yaml': 'tag: "2"\n',
      'templates/pod.yaml': podOf(`${host}/app/web:{{ .Values.tag }}`, `${host}/app/untagged`),
    },
  },
  { name: 'web', version: '1.1.0', files: { 'templates/pod.yaml': podOf(`${host}/app/web:1`) } },
  { name: 'base', version: '1.0.0', type: 'library', files: {} },
];

const local: LabChart = {
  name: 'ours',
  version: '0.1.0',
  files: {
    'crds/things.yaml': `kind: Thing\nspec:\n  containers:\n  - image: ${host}/app/crd:1\n---\nspec:\n  image: ${host}/app/crd:2\n`,
    'templates/cron.yaml': cronJob,
    'templates/hook.yaml': podOf(`${host}/app/hook:1`).replace(
      '  name:',
      '  annotations: {helm.sh/hook: pre-install}\n  name:',
    ),
    'templates/NOTES.txt': `spec: {containers: [{image: "${host}/app/notes:1"}]}\n`,
    'templates/digest.yaml': podOf(`${host}/app/web:2`, `${host}/app/web@DIGEST`, `${host}/app/web:1@DIGEST`),
  },
};

describeWith(['oc-mirror', 'docker-registry', 'skopeo', 'helm'], 'charts by both engines', () => {
  let world: World;
  let server: Server;
  let url: string;
  const digests = new Map<string, string>();
  beforeAll(async () => {
    world = await startWorld({ layerBytes: 16 * 1024 });
    for (const image of ['web:1', 'web:2', 'backup:1', 'crd:1', 'crd:2', 'hook:1', 'notes:1']) {
      const [name = '', tag = ''] = image.split(':');
      digests.set(image, await world.lab.publishImage(`app/${name}`, tag, image));
    }
    const documents = chartRepository(charts);
    server = createServer((request, response) => {
      const document = documents.get((request.url ?? '').replace('/stable/', ''));
      response.writeHead(document === undefined ? 404 : 200).end(document);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stable/`;
    for (const { path, text } of filesOfChart(local)) {
      const file = join(world.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text.replaceAll('DIGEST', digests.get('web:1') ?? ''));
    }
  });
  afterAll(async () => {
    server?.close();
    await world?.close();
  });

  const kinds = [
    { name: 'a repository as a whole', lines: () => ['repositories:', `  - {name: lab, url: "${url}"}`] },
    {
      name: 'charts that are listed, by a number, by a range and without a version',
      lines: () => [
        'repositories:',
        '  - name: lab',
        `    url: ${url}`,
        '    charts:',
        '      - {name: web, version: 1.2.0}',
        '      - {name: web, version: ~1.1}',
        '      - {name: web}',
      ],
    },
    {
      name: 'a local chart with paths of its own',
      lines: () => [
        'local:',
        `  - path: ${join(world.folder, 'ours')}`,
        '    imagePaths:',
        '      - "{.spec.jobTemplate.spec.template.spec.containers[*].image}"',
        '      - "{.spec.image}"',
      ],
    },
  ];

  it.each(kinds.map((kind, index) => ({ ...kind, index })))(
    '$name: equal, and oc-mirror uploads our archives',
    async ({ lines, index }) => {
      const text = [
        'apiVersion: mirror.openshift.io/v2alpha1',
        'kind: ImageSetConfiguration',
        'mirror:',
        // The engine knows that hosts named by the configuration itself have no TLS here.
        `  additionalImages: [{name: ${host}/ubi9/ubi:9.5}]`,
        '  helm:',
        ...lines().map((line) => `    ${line}`),
        '',
      ].join('\n');
      const mirrorBy = async (engine: MirrorEngine, sequence: number): Promise<StagedArchives> => {
        const request = world.request(sequence, text, new Map());
        const options = { ...world.options, helmBinary: programPath('helm') };
        // oc-mirror keeps the index of a repository in helm's own cache.
        const env = { ...world.env, HELM_CACHE_HOME: join(world.folder, 'helm-cache') };
        return engine.mirrorToDisk(
          { ...request, options, env },
          (await engine.probe(options, world.env)) as EngineVersion,
        );
      };
      const theirs = await mirrorBy(ocMirrorEngine, 2 * index + 1);
      const ours = await mirrorBy(embeddedEngine, 2 * index + 2);
      expect(listed(ours)).toEqual(listed(theirs));

      const arrived: object[] = [];
      for (const { archives, config, site } of [
        { archives: ours.archives, config: ours.pinnedConfig, site: `ours-${index}` },
        { archives: theirs.archives, config: ours.pinnedConfig, site: `theirs-${index}` },
      ]) {
        const to = await startDebianRegistry();
        try {
          const { exitCode, stdout } = await upload(world, { archives, config, to, site });
          expect({ exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, stdout: '' });
          arrived.push(await contentOf(to));
        } finally {
          await to.stop();
        }
      }
      expect(arrived[0]).toEqual(arrived[1]);
    },
  );
});

function listed({ images }: StagedArchives): string[] {
  return (
    images
      // For a name with tag and digest oc-mirror lists only the digest.
      .map(({ kind, source, digest, repository, tag }) =>
        [kind, source.replace(/:[^:/@]+@/, '@'), digest, `${repository}:${tag}`].join(' '),
      )
      .sort()
  );
}
