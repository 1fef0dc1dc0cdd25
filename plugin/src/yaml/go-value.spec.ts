import { readGoValue } from './go-value';

const limits = { depth: 20, values: 1000 };

// As sigs.k8s.io/yaml v1.6 turns YAML into JSON.
describe('readGoValue', () => {
  it.each([
    ['a: 1\nb: [yes, ~, 0x10, "1", 1.50]\n', { a: 1, b: [true, null, 16, '1', 1.5] }],
    ['1: a\ntrue: b\n1.5: c\n', { '1': 'a', true: 'b', '1.5': 'c' }],
    ['a: 1\na: 2\n', { a: 2 }],
    ['a: &x {b: 1}\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['b: 1\n<<: {b: 2, c: 3}\n', { b: 2, c: 3 }],
    ['<<: [{a: 1}, {a: 2, b: 2}]\n', { a: 1, b: 2 }],
    ['a: !!str 1\n', { a: '1' }],
    ['# nothing\n', null],
    ['a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
    ['a: 2020-01-01\n', { a: '2020-01-01' }],
  ])('%j', (text, value) => {
    expect(readGoValue(text, limits)).toEqual({ value });
  });

  it('makes no prototype of a key', () => {
    const reading = readGoValue('__proto__: {a: 1}\n', limits);
    const value = 'value' in reading ? reading.value : undefined;
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { a?: unknown }).a).toBeUndefined();
  });

  it.each([
    ['a: *x\n', 'an alias without an anchor', 3],
    ['a: &x [*x]\n', 'inside its own anchor', 7],
    ['? [a]\n: b\n', 'a key that is not a text', 2],
    ['~: b\n', 'a key that is not a text', 0],
    ['a: .nan\n', 'JSON cannot represent', 3],
    ['a: !odd b\n', 'a YAML tag', 8],
    ['a: b: c\n', 'a second colon', 4],
    ['a: \u0001\n', 'control character', 3],
    [`${'['.repeat(30)}`, 'more than 20 levels deep', 20],
    [
      `a: &x [1,1,1,1,1,1,1,1,1,1]\nb: &y [${'*x,'.repeat(20)}]\nc: [${'*y,'.repeat(20)}]\n`,
      'more than 1000 values',
      9,
    ],
  ])('refuses %j', (text, why, offset) => {
    expect(readGoValue(text, limits)).toEqual({ refused: expect.stringContaining(why), offset });
  });
});
