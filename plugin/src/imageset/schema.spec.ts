import fc from 'fast-check';
import { stringify } from 'yaml';
import { archiveSizeBytes, releaseArchitecturesOf } from './defaults';
import { parseImageSet } from './document';
import { pinDocument } from './edit';
import { imageSetJsonSchema } from './json-schema';
import type { ImageSetConfiguration } from './schema';
import { ImageSetConfiguration as Schema } from './schema';

// Not a measurement: other suites may use the machine at the same time.
jest.setTimeout(120_000);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
// U+2028 and U+2029 end a line for oc-mirror; the library writes them as they are, although it would have to escape
// them.
const anyText = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff@]/u.test(text));
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const reference = fc
  .tuple(
    word,
    word,
    word,
    fc.oneof(
      word.map((tag) => `:${tag}`),
      digest.map((hash) => `@${hash}`),
    ),
  )
  .map(([host, first, second, version]) => `${host}.example/${first}/${second}${version}`);
const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((numbers) => numbers.join('.'));
const platforms = optional(fc.array(fc.record({ os: word, architecture: word }), { maxLength: 2 }));
const named = <T extends { name: string }>(entry: fc.Arbitrary<T>) =>
  fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 3 });

const catalogPackage = fc.record({
  name: anyText,
  defaultChannel: optional(anyText),
  channels: optional(named(fc.record({ name: anyText, minVersion: optional(version), maxVersion: optional(version) }))),
});
const operator = fc.record({
  catalog: reference,
  packages: optional(named(catalogPackage)),
  targetCatalog: optional(word),
  targetTag: optional(word),
  skipDependencies: optional(fc.boolean()),
  platforms,
});
const chart = fc.record({
  name: anyText,
  version: optional(anyText),
  imagePaths: optional(fc.array(anyText, { maxLength: 2 })),
  platforms,
});

const configuration = fc.record({
  apiVersion: fc.constant('mirror.openshift.io/v2alpha1'),
  kind: fc.constant('ImageSetConfiguration' as const),
  archiveSize: optional(fc.integer({ min: -5, max: 8_388_607 })),
  mirror: fc.record({
    platform: optional(
      fc.record({
        graph: optional(fc.boolean()),
        channels: optional(
          named(
            fc.record({
              name: anyText,
              type: optional(anyText),
              minVersion: optional(version),
              full: optional(fc.boolean()),
            }),
          ),
        ),
        architectures: optional(fc.array(anyText, { maxLength: 2 })),
      }),
    ),
    operators: optional(
      fc.uniqueArray(operator, { selector: ({ targetCatalog, catalog }) => targetCatalog ?? catalog, maxLength: 3 }),
    ),
    additionalImages: fc.array(
      fc.record({ name: reference, targetRepo: optional(word), targetTag: optional(word), platforms }),
      { minLength: 1, maxLength: 4 },
    ),
    helm: optional(
      fc.record({
        repositories: optional(
          fc.array(
            fc.record({
              url: word.map((host) => `https://${host}/`),
              name: anyText,
              charts: optional(fc.array(chart, { maxLength: 2 })),
            }),
            { maxLength: 2 },
          ),
        ),
        local: optional(fc.array(fc.record({ path: anyText, name: optional(anyText) }), { maxLength: 2 })),
      }),
    ),
    blockedImages: optional(fc.array(fc.record({ name: word }), { maxLength: 2 })),
    samples: optional(fc.array(fc.record({ name: anyText }), { maxLength: 2 })),
  }),
});

// Without undefined keys, since a file cannot contain undefined.
const written = (config: unknown): ImageSetConfiguration => JSON.parse(JSON.stringify(config)) as ImageSetConfiguration;

describe('ImageSetConfiguration', () => {
  it('is read back from YAML as it was, whatever it holds', () => {
    fc.assert(
      fc.property(configuration, fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'), (made, style) => {
        const config = written(made);
        const text = stringify(config, { version: '1.1', defaultStringType: style as 'PLAIN', lineWidth: 0 });
        const { document, findings } = parseImageSet(text, 'isc.yaml');
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(document?.config).toEqual(config);
      }),
      { numRuns: 150 },
    );
  });

  it('is read back pinned, with nothing else changed', () => {
    fc.assert(
      fc.property(configuration, digest, fc.constantFrom(true, false), (made, hash, flow) => {
        const config = written(made);
        const text = flow ? JSON.stringify(config) : stringify(config, { version: '1.1' });
        const { document } = parseImageSet(text, 'isc.yaml');
        const index = (config.mirror.additionalImages?.length ?? 1) - 1;
        const value = `host.example/a@${hash}`;
        const pinned = pinDocument(document!, [
          { path: ['mirror', 'additionalImages', index, 'name'], value },
          { path: ['mirror', 'additionalImages', 0, 'targetTag'], value: 'pinned' },
        ]);
        Object.assign(config.mirror.additionalImages![index]!, { name: value });
        Object.assign(config.mirror.additionalImages![0]!, { targetTag: 'pinned' });
        expect(parseImageSet(pinned, 'isc.yaml').document?.config).toEqual(config);
      }),
      { numRuns: 100 },
    );
  });
});

describe('imageSetJsonSchema', () => {
  it('describes every key, allows no others, and requires only what a file must contain', () => {
    const schema = imageSetJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      required: ['kind', 'mirror'],
      additionalProperties: false,
    });
    const undescribed: string[] = [];
    const look = (node: Record<string, unknown>, path: string): void => {
      for (const [key, child] of Object.entries(
        (node['properties'] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (child['description'] === undefined) undescribed.push(`${path}.${key}`);
        look(child, `${path}.${key}`);
      }
      if (typeof node['items'] === 'object') look(node['items'] as Record<string, unknown>, `${path}[]`);
    };
    look(schema, '');
    expect(undescribed).toEqual([]);
  });
});

describe('defaults', () => {
  const config = (more: object) => Schema.parse({ kind: 'ImageSetConfiguration', mirror: {}, ...more });

  it.each([
    { archiveSize: undefined, bytes: 536_870_912_000 },
    { archiveSize: 0, bytes: 536_870_912_000 },
    { archiveSize: -1, bytes: 536_870_912_000 },
    { archiveSize: 4, bytes: 4_294_967_296 },
    { archiveSize: 8_388_607, bytes: 9_007_198_180_999_168 },
  ])('archiveSize $archiveSize is $bytes bytes', ({ archiveSize, bytes }) => {
    expect(archiveSizeBytes(config(archiveSize === undefined ? {} : { archiveSize }))).toBe(bytes);
  });

  it.each([
    { platform: {}, architectures: ['amd64'] },
    { platform: { architectures: [] }, architectures: ['amd64'] },
    { platform: { architectures: ['arm64', 's390x'] }, architectures: ['arm64', 's390x'] },
    { platform: { platforms: [{ os: 'linux', architecture: 'arm64' }] }, architectures: ['multi'] },
  ])('releases of $platform are for $architectures', ({ platform, architectures }) => {
    expect(releaseArchitecturesOf(config({ mirror: { platform } }))).toEqual(architectures);
  });
});
