/**
 * Compares our selections with what the real oc-mirror (main) selected from every catalog of real products in
 * ../shared/data/fbc, for every selection in ../shared/data/expected/operators (README.md there says how that was found
 * out).
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describeWithData } from '../../../../testing/shared-data';
import { parseImageSet } from '../../imageset/document';
import type { CatalogFile, FileBasedCatalog } from '../fbc/fbc';
import { readCatalog } from '../fbc/fbc';
import { fileInMemory } from '../fbc/files.fixture';
import type { CatalogFilter } from '../filter-id';
import { isWholeCatalog } from '../filter-id';
import type { Refusal, SelectedCatalog } from './selection';
import { imagesOf, selectFrom } from './selection';

interface ExpectedPackage {
  readonly defaultChannel?: string;
  readonly channels?: readonly (readonly [string, readonly string[]])[];
  readonly bundles?: readonly string[];
  readonly deprecations?: readonly { readonly schema: string; readonly name?: string }[];
  readonly other?: readonly string[];
}

interface Expected {
  readonly catalog: string;
  readonly tables: {
    readonly bundles: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly entries: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  };
  readonly selections: readonly {
    readonly id: string;
    readonly operator: CatalogFilter;
    readonly anyOf?: readonly string[];
    readonly results: readonly {
      readonly versions: readonly string[];
      readonly exit: number;
      readonly errors?: readonly string[];
      readonly packages?: Readonly<Record<string, ExpectedPackage>>;
      readonly wholeCatalog?: boolean;
      readonly outcomes?: readonly Readonly<Record<string, ExpectedPackage>>[];
      readonly images?: { readonly count: number; readonly sha256: string; readonly catalog: number };
      readonly tagAndDigest?: number;
    }[];
  }[];
}

/** `<catalog> <selection>`: where we differ on purpose, and why. */
const differences: Readonly<Record<string, string>> = {};

describeWithData(['fbc', 'expected/operators'], 'selections of the real oc-mirror', ([catalogs, expected]) => {
  const files = readdirSync(expected as string);

  it('are there', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  it.each(files)('are the same here: %s', async (file) => {
    const { catalog: name, tables, selections } = JSON.parse(textOf(join(expected as string, file))) as Expected;
    const catalog = await readCatalog(filesOf(catalogs as string, name));
    const ours = Object.fromEntries(selections.map(({ id, operator }) => [id, outcomeOf(catalog, operator)]));
    const theirs = Object.fromEntries(
      selections.map(({ id, operator, results, anyOf }) => {
        const result = results.find(({ versions }) => versions.includes('main'));
        if (result === undefined) return [id, ours[id]];
        const { exit, errors = [], packages, images, tagAndDigest = 0 } = result;
        const isUnlike = differences[`${name} ${id}`] !== undefined;
        if (isUnlike || anyOf !== undefined) return [id, ours[id]];
        if (exit === 1) return [id, { refused: 'configuration' }];
        if (exit === 4 && !errors.some((error) => isOfImages(error)))
          return [id, { refused: errors.map((error) => error.replace(/^.*?(failed to filter catalog: )/, '$1')) }];
        return [
          id,
          {
            packages: isWholeCatalog(operator) ? 'all' : mapValues(packages ?? {}, withoutEmpty),
            images: images === undefined ? errors.map(imageTrouble) : { ...images, tagAndDigest },
          },
        ];
      }),
    );
    expect(ours).toEqual(theirs);
    expect(tablesOf(catalog, tables)).toEqual(tables);
    for (const { id, operator, anyOf } of selections)
      if (anyOf !== undefined) checkTie(catalog, { id, operator, anyOf });
  });
});

/** Bundles that differ only in build metadata: oc-mirror takes any of them, channel by channel. */
function checkTie(
  catalog: FileBasedCatalog,
  { operator, anyOf }: { id: string; operator: CatalogFilter; anyOf: readonly string[] },
): void {
  const { selected } = selectFrom(catalog, operator);
  for (const { name } of selected?.bundles ?? []) expect(anyOf).toContain(name);
  for (const { document, entries } of selected?.channels ?? []) {
    const inChannel = document.entries.map(({ name }) => name).filter((name) => anyOf.includes(name));
    expect(entries.map(({ name }) => name)).toEqual(entries.length === 0 ? inChannel : [expect.any(String)]);
  }
}

function outcomeOf(catalog: FileBasedCatalog, operator: CatalogFilter): unknown {
  const config = {
    kind: 'ImageSetConfiguration',
    apiVersion: 'mirror.openshift.io/v2alpha1',
    mirror: { operators: [operator] },
  };
  const { document, findings } = parseImageSet(JSON.stringify(config), 'imageset-config.yaml');
  // oc-mirror finds a range in `full` when it filters, we find it in the configuration.
  const wrong = findings.filter(({ severity, code }) => severity === 'error' && !(operator.full && code === 'SEQ0111'));
  if (document === undefined || wrong.length > 0) return { refused: 'configuration' };
  const { selected, refusals } = selectFrom(catalog, operator);
  if (selected === undefined) return { refused: refusals.slice(0, 1).map(asOcMirrorSays) };
  const { images, unusable } = imagesOf(selected);
  const troubles = [
    ...new Set([
      ...(unusable.length > 0 ? ['unusable'] : []),
      ...(selectedNothing(selected, unusable) ? ['none'] : []),
    ]),
  ];
  return {
    packages: isWholeCatalog(operator) ? 'all' : packagesOf(selected),
    images: troubles.length > 0 ? [troubles.join(' ')] : imagesSummary(images.map(({ image }) => image)),
  };
}

function selectedNothing({ bundles }: SelectedCatalog, unusable: ReturnType<typeof imagesOf>['unusable']): boolean {
  const broken = new Set(unusable.map(({ bundle }) => bundle));
  return bundles.every((bundle) => broken.has(bundle));
}

function packagesOf({ packages, channels, bundles, deprecations, others }: SelectedCatalog): unknown {
  const names = new Set([
    ...packages.map(({ document }) => document.name),
    ...[...channels, ...deprecations].map(({ document }) => document.package),
    ...[...bundles, ...others].map((document) => document.package),
  ]);
  const of = <T extends { document: { package: string } }>(list: readonly T[], name: string): T[] =>
    list.filter(({ document }) => document.package === name);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      withoutEmpty({
        defaultChannel: packages.find(({ document }) => document.name === name)?.defaultChannel,
        channels: of(channels, name)
          .map(({ document, entries }) => [document.name, entries.map((entry) => entry.name)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
        bundles: bundles
          .filter((bundle) => bundle.package === name)
          .map((bundle) => bundle.name)
          .sort(),
        deprecations: of(deprecations, name).flatMap(({ references }) => references),
        other: others.filter((other) => other.package === name).map(({ schema }) => schema),
      }),
    ]),
  );
}

function mapValues(record: Readonly<Record<string, object>>, change: (value: never) => unknown): unknown {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value as never)]));
}

function withoutEmpty(record: Readonly<Record<string, unknown>>): unknown {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
}

function imagesSummary(images: readonly string[]): unknown {
  const isBoth = (image: string): boolean => image.split(':').length > 2 && image.includes('@');
  const sources = images.map((image) => `docker://${isBoth(image) ? image.replace(/:[^:/@]+@/, '@') : image}`);
  const lines = [...new Set(sources)].sort();
  return {
    count: lines.length,
    sha256: createHash('sha256').update(lines.join('\n')).digest('hex'),
    catalog: 1,
    tagAndDigest: images.filter(isBoth).length,
  };
}

function asOcMirrorSays(refusal: Refusal): string {
  const before = 'failed to filter catalog: ';
  const quoted = (text: string): string => JSON.stringify(text);
  switch (refusal.kind) {
    case 'default channel unknown':
      return `${before}invalid default channel configuration for package ${quoted(refusal.package)}: specified default channel override ${quoted(refusal.channel)} does not exist in the filtered output`;
    case 'default channel left out':
      return `${before}invalid default channel configuration for package ${quoted(refusal.package)}: the default channel ${quoted(refusal.channel)} was filtered out, a new default channel must be configured for this package`;
    case 'channel empty':
      return `${before}package ${quoted(refusal.package)} channel ${quoted(refusal.channel)} has version range ${quoted(refusal.range)} that results in an empty channel`;
    case 'version not there':
      return `${before}error finding specific bundle: specific version ${refusal.version} not found in bundles`;
    case 'range in full':
      return `${before}Full: true cannot be mixed with versionRange`;
    default:
      return refusal.kind;
  }
}

function isOfImages(error: string): boolean {
  return imageTrouble(error) !== '';
}

function imageTrouble(error: string): string {
  return [
    ...(error.includes('error parsing image') ? ['unusable'] : []),
    ...(error.includes('no related images found') ? ['none'] : []),
  ].join(' ');
}

function tablesOf(catalog: FileBasedCatalog, like: Expected['tables']): unknown {
  const bundles = Object.entries(like.bundles).map(([name, ofPackage]) => [
    name,
    Object.fromEntries(
      Object.keys(ofPackage).map((bundle) => {
        const found = catalog.bundles.find((each) => each.package === name && each.name === bundle);
        const images = [...new Set(found?.relatedImages)].sort();
        return [bundle, { version: found?.version, image: found?.image, images }];
      }),
    ),
  ]);
  const entries = Object.entries(like.entries).map(([name, channels]) => [
    name,
    Object.fromEntries(
      Object.entries(channels).map(([channel, ofChannel]) => {
        const found = catalog.channels.find((each) => each.package === name && each.name === channel);
        const known = found?.entries.filter((entry) => entry.name in ofChannel) ?? [];
        return [channel, Object.fromEntries(known.map(({ name: entry, ...edges }) => [entry, edges]))];
      }),
    ),
  ]);
  return { bundles: Object.fromEntries(bundles), entries: Object.fromEntries(entries) };
}

/** The files of a catalog, in the layout of the catalog image that oc-mirror got. */
function filesOf(folder: string, name: string): CatalogFile[] {
  const found = readdirSync(folder).find((file) => file.replace(/(\.json|\.yaml)?(\.gz)?$/, '') === name) as string;
  const path = join(folder, found);
  if (!statSync(path).isDirectory()) return [fileInMemory(`package/${found.replace(/\.gz$/, '')}`, textOf(path))];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((file) => join(path, file))
    .filter((file) => statSync(file).isFile())
    .map((file) => fileInMemory(relative(path, file).replace(/\.gz$/, ''), textOf(file)));
}

function textOf(path: string): string {
  const content = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8');
}
