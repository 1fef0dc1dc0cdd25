import { valueOfJson } from './json-text';

describe('valueOfJson', () => {
  it('accepts documents, case where any key may stand, and keys that every object has', () => {
    expect(valueOfJson('{"a": [1, "b", null]}')).toEqual({ a: [1, 'b', null] });
    expect(valueOfJson('{"auths": {"A": 1, "a": 2}}', ['auths'])).toEqual({ auths: { A: 1, a: 2 } });
    expect(valueOfJson('{"__proto__": 1}')).toEqual(JSON.parse('{"__proto__": 1}'));
  });

  it.each([
    ['what is not JSON', '{'],
    ['a key twice', '{"token": "mine", "token": "theirs"}'],
    ['a key in two spellings', '{"token": "mine", "Token": "theirs"}'],
    ['100,000 arrays in one another', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('does not accept %s', (_, text) => {
    expect(valueOfJson(text)).toBeUndefined();
  });
});
