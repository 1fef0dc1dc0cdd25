/** Manifests and indexes that two programs may read differently: texts put together key by key, so that any may be there twice. */
import fc from 'fast-check';

type Pair = readonly [key: string, text: string];

const digests = ['a', 'b', 'c'].map((letter) => `"sha256:${letter.repeat(64)}"`);
const digest = fc.constantFrom(...digests);
const imageType = '"application/vnd.oci.image.manifest.v1+json"';
const indexType = '"application/vnd.oci.image.index.v1+json"';

const object = (pairs: readonly Pair[]): string => `{${pairs.map(([key, text]) => `"${key}":${text}`).join(',')}}`;

/** The usual in nine of ten cases, so that about half of all manifests are taken. */
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, odds = 30): fc.Arbitrary<T> =>
  fc.oneof({ weight: odds, arbitrary: usual }, { weight: 1, arbitrary: other });

const sizes = mostly(
  fc.nat(1_000_000).map(String),
  fc.constantFrom(
    '1.0',
    '1e2',
    '1E2',
    '-1',
    '-0',
    '01',
    '9007199254740993',
    '99999999999999999999',
    '"5"',
    'null',
    'NaN',
  ),
);

const extras: fc.Arbitrary<Pair> = fc.oneof(
  fc.constantFrom<Pair>(
    ['urls', 'null'],
    ['urls', '["https://elsewhere.example"]'],
    ['urls', '[null]'],
    ['urls', '[5]'],
    ['platform', 'null'],
    ['platform', '{}'],
    ['platform', '{"os":"linux"}'],
    ['platform', '{"os":null,"architecture":"arm64","Variant":"v8"}'],
    ['platform', '{"os":5}'],
    ['platform', '{"os":"linux","OS":"windows"}'],
    ['platform', '{"os":"linux","os.features":["a"],"os.version":null}'],
    ['platform', '{"os.features":"a"}'],
    ['annotations', 'null'],
    ['annotations', '{"a":"b","A":"c"}'],
    ['annotations', '{"a":"b","a":"c"}'],
    ['annotations', '{"a":null}'],
    ['annotations', '{"a":1}'],
    ['annotations', '{"__proto__":"a","constructor":"b"}'],
    ['data', '"AA=="'],
    ['data', '5'],
    ['artifactType', 'null'],
    ['artifactType', '"a/b"'],
    ['artifactType', '5'],
    ['x', '{"digest":1,"Digest":2}'],
    ['x', '1e400'],
    ['x', '"\\ud800"'],
    ['x', '[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]'],
    ['__proto__', '{"digest":"x"}'],
    ['toString', '1'],
  ),
  fc.tuple(fc.constantFrom('digest', 'Digest', 'DIGEST', 'd\\u0069gest', 'dıgest'), digest),
  fc.tuple(fc.constantFrom('size', 'Size', '\\u017fize', 'ſize', 'SIZE'), sizes),
);

const few = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  mostly<readonly T[]>(fc.constant([]), fc.array(each, { minLength: 1, maxLength: 2 }), 3);

/** Writes a key in another way now and then. */
const respelled = (key: string): fc.Arbitrary<string> =>
  mostly(
    fc.constant(key),
    fc.constantFrom(
      key.toUpperCase(),
      key[0]!.toUpperCase() + key.slice(1),
      `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`,
      key.replace('s', 'ſ'),
      `${key} `,
    ),
    60,
  );

function keyed(pairs: readonly (readonly [string, fc.Arbitrary<string>])[]): fc.Arbitrary<Pair[]> {
  return fc.tuple(...pairs.map(([key, text]) => fc.tuple(respelled(key), text)));
}

function withExtras(pairs: fc.Arbitrary<readonly Pair[]>, more: fc.Arbitrary<readonly Pair[]>): fc.Arbitrary<string> {
  return fc
    .tuple(pairs, more, fc.boolean())
    .map(([usual, added, first]) => object(first ? [...added, ...usual] : [...usual, ...added]));
}

const descriptors = withExtras(
  keyed([
    ['mediaType', fc.constant('"application/octet-stream"')],
    ['digest', digest],
    ['size', sizes],
  ]),
  few(extras),
);
const lists = mostly(
  fc.array(descriptors, { maxLength: 3 }).map((each) => `[${each.join(',')}]`),
  fc.constantFrom('null', '[null]', '{}', '[{}]', '""'),
);

const documentExtras: fc.Arbitrary<Pair> = fc.oneof(
  fc.tuple(fc.constantFrom('layers', 'Layers', 'LAYERS', 'layerſ', 'manifests', 'Manifests', 'config'), lists),
  fc.tuple(fc.constantFrom('subject', 'config', 'Config'), descriptors),
  fc.constantFrom<Pair>(
    ['manifests', 'null'],
    ['layers', 'null'],
    ['config', 'null'],
    ['subject', 'null'],
    ['annotations', '{"a":null}'],
    ['annotations', '5'],
    ['mediaType', 'null'],
    ['mediaType', imageType],
    ['MediaType', indexType],
    ['schemaVersion', '2.0'],
    ['schemaVersion', '1'],
  ),
);

const version: readonly [string, fc.Arbitrary<string>] = [
  'schemaVersion',
  mostly(fc.constant('2'), fc.constantFrom('2.0', '2e0', 'null', '"2"')),
];
const images = withExtras(
  keyed([version, ['mediaType', fc.constant(imageType)], ['config', descriptors], ['layers', lists]]),
  few(documentExtras),
);
const indexes = withExtras(
  keyed([version, ['mediaType', fc.constant(indexType)], ['manifests', lists]]),
  few(documentExtras),
);

const aroundIt = mostly<(text: string) => string>(
  fc.constant((text) => text),
  fc.oneof(
    fc.constantFrom<(text: string) => string>(
      (text) => `\ufeff${text}`,
      (text) => `${text} `,
      (text) => `${text}{}`,
      (text) => `${text}\0`,
      (text) => text.replace(',', ',,'),
      (text) => text.replaceAll(':', ' :\n'),
      (text) => text.slice(0, -1),
    ),
    fc.tuple(fc.nat(400), fc.constantFrom(...'"{}[]:,\\ u0e.')).map(
      ([at, letter]) =>
        (text: string) =>
          text.slice(0, at) + letter + text.slice(at + 1),
    ),
  ),
  15,
);

/** The text of a manifest or an index. */
export const manifestCases: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(images, indexes), aroundIt)
  .map(([text, change]) => change(text));
