import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageSetConfiguration } from '../imageset/schema';
import { readCatalogTemplates } from './catalog-templates';
import { clusterResourcesOf } from './cluster-resources';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'seqmirror-template-'))));
afterEach(() => rm(folder, { recursive: true }));

const configOf = (template: string) =>
  ({
    mirror: { operators: [{ catalog: 'registry.example/index:v4.19', targetCatalogSourceTemplate: template }] },
  }) as ImageSetConfiguration;
const read = async (text: string | undefined, name = 'template.yaml') => {
  if (text !== undefined) await writeFile(join(folder, 'template.yaml'), text);
  return readCatalogTemplates(configOf(name), folder);
};
const head = 'apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\n';

describe('a template of a CatalogSource', () => {
  it('adds what the destination of the catalog decides', async () => {
    const templates = await read(
      `${head}metadata:\n  name: mine\n  labels: { team: lab }\nspec:\n  displayName: Ours\n  image: other\n  updateStrategy: { registryPoll: { interval: 30m } }\n`,
    );
    const [catalog] = configOf('template.yaml').mirror.operators ?? [];
    const resources = clusterResourcesOf({
      images: [
        {
          kind: 'operator',
          source: 'registry.example/index:v4.19',
          repository: 'index',
          tag: 'v4.19',
          catalog: catalog ?? {},
        },
      ],
      destination: { host: 'far.example', namespace: 'mirror' },
      templates,
    });
    expect(resources.get('cs-index-v4-19.yaml')).toMatchInlineSnapshot(`
      "apiVersion: operators.coreos.com/v1alpha1
      kind: CatalogSource
      metadata:
        labels:
          team: lab
        name: cs-index-v4-19
        namespace: openshift-marketplace
      spec:
        displayName: Ours
        image: far.example/mirror/index:v4.19
        sourceType: grpc
        updateStrategy:
          registryPoll:
            interval: 30m
      "
    `);
  });

  it.each([
    { name: 'that is missing', text: undefined, problem: 'the file does not exist' },
    { name: 'that is not YAML', text: 'a: [', problem: 'it is not YAML' },
    { name: 'of another kind', text: head.replace('CatalogSource', 'Secret'), problem: 'kind: ' },
    { name: 'of a config map', text: `${head}spec: { configMap: mine }\n`, problem: 'spec.configMap: must not be set' },
    { name: 'of another source type', text: `${head}spec: { sourceType: internal }\n`, problem: 'must be grpc' },
  ])('$name is refused', async ({ text, problem }) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'SEQ0651', what: expect.stringContaining(problem) });
  });

  it.each(['/etc/passwd', '../template.yaml', 'a/../../template.yaml'])('is not read from %s', async (name) => {
    await expect(read(head, name)).rejects.toMatchObject({
      code: 'SEQ0651',
      what: expect.stringContaining('leads out'),
    });
  });

  it('is refused if nobody says where to look', async () => {
    await expect(readCatalogTemplates(configOf('template.yaml'), undefined)).rejects.toMatchObject({ code: 'SEQ0651' });
  });
});
