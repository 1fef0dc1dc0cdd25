import fc from 'fast-check';
import type { Json } from './canonical-json';
import { canonicalJson } from './canonical-json';

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
  ),
}));

describe('canonicalJson', () => {
  it('writes a text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => expect(canonicalJson(text)).toBe(JSON.stringify(text))),
    );
    expect(canonicalJson('"\\\u001f\u007f')).toBe('"\\"\\\\\\u001f\u007f"');
  });

  it('sorts keys, leaves out undefined values, and uses no spaces', () => {
    expect(canonicalJson({ b: [1, null], a: { d: 'x', c: undefined } })).toBe('{"a":{"d":"x"},"b":[1,null]}');
  });

  it('is JSON with the same value', () => {
    fc.assert(fc.property(value, (given) => expect(JSON.parse(canonicalJson(given))).toEqual(given)));
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (given) => {
        const turned = Object.fromEntries(Object.entries(given).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(given));
      }),
    );
  });

  it.each([0.5, Number.NaN, 2 ** 53])('refuses %d, which has more than one spelling', (number) => {
    expect(() => canonicalJson({ number })).toThrow(RangeError);
  });
});
