import { expectLinear } from '../../../testing/run/growth';
import { foldedKey, readStrictJson } from './strict-json';

const read = (text: string | Uint8Array) =>
  readStrictJson(Buffer.from(text as string), { maps: ['annotations'], integers: ['size'] });

describe('readStrictJson', () => {
  it.each([
    ['a document', '{"layers": [{"size": 5}], "n": 1.5, "t": "\\u00e9\\ud83d\\ude00\\\\"}'],
    ['equal keys of different objects', '[{"a": 1}, {"a": {"a": 2}}]'],
    ['capitals where any key may stand', '{"annotations": {"maintainer": "a", "MAINTAINER": "b"}}'],
    ['a key that is called as a part of every object', '{"__proto__": 1, "constructor": 2}'],
    ['a text that looks like a key', '{"a": "size", "b": ["size", 1e3]}'],
  ])('accepts %s', (_, text) => {
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['a key twice', '{"a": 1, "a": 2}', /"a" is in it twice/],
    ['a key twice, once by escapes', '{"a": 1, "\\u0061": 2}', /"a" is in it twice/],
    ['a key twice where any key may stand', '{"annotations": {"a": "1", "a": "2"}}', /twice/],
    ['Layers beside layers', '{"layers": [], "Layers": []}', /"layers" and "Layers" are one key for Go/],
    ['the same, deep within', '[[{"x": {"digest": 1, "DIGEST": 2}}]]', /one key for Go/],
    ['the long s, which Go takes for s', '{"size": 1, "ſize": 2}', /one key for Go/],
    ['the Kelvin sign, which Go takes for k', '{"key": 1, "\\u212aey": 2}', /one key for Go/],
    ['annotations twice', '{"annotations": {}, "Annotations": {}}', /one key for Go/],
    ['half a character', '{"a": "\\ud800"}', /half a UTF-16 character/],
    ['half a character in a key', '{"\\udc00": 1}', /half a UTF-16 character/],
    ['an integer with a point', '{"size": 1.0}', /1\.0 is not an integer that Go can read/],
    ['an integer with an exponent', '{"SIZE": 1e3}', /1e3 is not an integer/],
    ['100,000 arrays in one another', '['.repeat(100_000) + ']'.repeat(100_000), /nested more than 64 deep/],
    ['a byte order mark', '\ufeff{}', /not JSON/],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not JSON in UTF-8/],
    ['what is no JSON', '{"a": 1,}', /not JSON/],
    ['a text without an end', '{"a', /not JSON/],
  ])('refuses %s', (_, text, words) => {
    expect(read(text)).toEqual({ refused: expect.stringMatching(words) });
  });

  it.each(['"\\\\",', '{"a":', '[', '\\"', '"', 'a', '{"k":"\\u0041"},'])(
    'takes time in proportion to the length of %s',
    (piece) => {
      const readMany = (bytes: number): void => void read(`[${piece.repeat(bytes / piece.length)}]`);
      expectLinear(readMany, 512 * 1024);
    },
  );
});

describe('foldedKey', () => {
  it('is the same for keys that Go takes for one another', () => {
    expect(['layers', 'LAYERS', 'layerſ', 'Layers'].map(foldedKey)).toEqual(Array(4).fill('layers'));
    expect(foldedKey('straße')).toBe('straße');
    expect(foldedKey('dıgest')).toBe('dıgest');
  });
});
