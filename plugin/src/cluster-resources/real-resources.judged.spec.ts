/** Compares what oc-mirror wrote for real clusters with what is made here for the same images. */
import { parseAllDocuments } from 'yaml';
import { describeWithData, sharedFiles } from '../../../testing/shared-data';
import { clusterResourcesOf, withEarlierMirrors } from './cluster-resources';
import { mergeMirrorSets, parseMirrorSets, renderMirrorSets } from './mirror-sets';
import type { ResourceImage } from './resource-image';
import { withoutMaker } from './without-maker';

interface Document {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly annotations?: object };
  readonly spec?: Record<string, unknown>;
}

const documentsIn = (text: string): Document[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Document);

/** The texts of resources by the names that oc-mirror gives to their files. */
function normalised(documents: readonly Document[]): Document[] {
  const files = new Map(documents.map((document, index) => [`${index}.json`, JSON.stringify(document)]));
  return [...withoutMaker(files).values()].map((text) => JSON.parse(text) as Document);
}

describeWithData(['cluster-resources'], 'resources of real clusters', ([folder = '']) => {
  const files = sharedFiles(folder).map((file) => ({ name: file.name, documents: documentsIn(String(file.read())) }));
  const ofKind = (...kinds: readonly string[]): { name: string; document: Document }[] =>
    files.flatMap(({ name, documents }) =>
      documents.filter(({ kind }) => kinds.includes(kind ?? '')).map((document) => ({ name, document })),
    );

  it.each(['ImageDigestMirrorSet', 'ImageTagMirrorSet'] as const)(
    'keep every mirror of every %s when they are merged with those of later sequences',
    (kind) => {
      const list = kind === 'ImageDigestMirrorSet' ? 'imageDigestMirrors' : 'imageTagMirrors';
      // Two are rubbish that a test of another project needs.
      const sets = ofKind(kind).filter(({ document: { spec } }) => Array.isArray(spec?.[list]));
      expect(sets.length).toBeGreaterThan(5);
      for (const { document } of sets) {
        const text = JSON.stringify(document);
        const rendered = renderMirrorSets(kind, mergeMirrorSets(parseMirrorSets(text), new Map())) ?? '';
        const [again, ...others] = documentsIn(rendered);
        expect(others).toEqual([]);
        const pairs = ({ spec = {} }: Document): string[] =>
          (spec[list] as { source: string; mirrors: string[] }[])
            .flatMap(({ source, mirrors }) => mirrors.map((mirror) => `${source} ${mirror}`))
            .sort();
        expect(pairs(again as Document)).toEqual([...new Set(pairs(document))]);
      }
    },
  );

  it('are all still there in the resources of a later sequence', () => {
    const current = clusterResourcesOf({ images: [], destination: { host: 'registry.example', namespace: '' } });
    const texts = ofKind('ImageDigestMirrorSet').map(({ document }) => JSON.stringify(document));
    const earlier = new Map([['idms-oc-mirror.yaml', texts.join('\n---\n')]]);
    const later = withEarlierMirrors(current, earlier).get('idms-oc-mirror.yaml') ?? '';
    expect(parseMirrorSets(later)).toEqual(parseMirrorSets(texts.join('\n---\n')));
  });

  it('name and describe catalogs in the same way', () => {
    // Others were renamed by hand, or are of oc-mirror v1.
    const catalogs = ofKind('CatalogSource', 'ClusterCatalog').filter(({ document: { metadata, spec } }) => {
      const reference = referenceOf(spec);
      const [, path = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
      return metadata?.name?.slice(3) === `${path.split('/').at(-1)}-${tag.slice(0, 12)}`.replaceAll('.', '-');
    });
    expect(catalogs.length).toBeGreaterThanOrEqual(3);
    for (const { document } of catalogs) {
      const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(referenceOf(document.spec)) ?? [];
      const image: ResourceImage = {
        kind: 'operator',
        source: `quay.io/${repository}:${tag}`,
        repository,
        tag,
        catalog: {},
      };
      const made = clusterResourcesOf({ images: [image], destination: { host, namespace: '' } });
      const ours = [...made.values()].flatMap(documentsIn).find(({ kind }) => kind === document.kind);
      expect([ours]).toEqual(normalised([document]));
    }
  });

  it('describe the update service in the same way', () => {
    const services = ofKind('UpdateService').filter(({ document: { spec } }) =>
      String(spec?.['graphDataImage']).endsWith('/openshift/graph-image:latest'),
    );
    expect(services.length).toBeGreaterThan(0);
    for (const { document } of services) {
      const [host = '', ...namespace] = String(document.spec?.['releases'])
        .replace('/openshift/release-images', '')
        .split('/');
      const image = (repository: string): ResourceImage => ({
        kind: 'release',
        source: 'quay.io/a/b:1',
        repository,
        tag: 'latest',
      });
      const made = clusterResourcesOf({
        images: [image('openshift/graph-image'), image('openshift/release-images')],
        destination: { host, namespace: namespace.join('/') },
      });
      const ours = documentsIn(made.get('updateService.yaml') ?? '')[0];
      expect(ours?.spec).toEqual(normalised([document])[0]?.spec);
      expect(ours?.metadata?.name).toBe(document.metadata?.name);
    }
  });
});

function referenceOf(spec: Document['spec'] = {}): string {
  const source = spec['source'] as { image?: { ref?: string } } | undefined;
  return source?.image?.ref ?? String(spec['image'] ?? '');
}
