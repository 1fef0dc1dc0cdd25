import fc from 'fast-check';
import { printable } from './printable';

describe('printable', () => {
  it.each([
    ['terminal escapes', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['line breaks', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['C1 controls', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['text that turns direction', 'a\u202eb', 'a\\u202eb'],
    ['a mark that turns direction', 'a\u061cb', 'a\\u061cb'],
    ['letters that nobody sees', 'a\u00ad\u{e0041}b', 'a\\u00ad\\u{e0041}b'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ])('shows %s as visible escapes', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves letters of all scripts and pictures alone', () => {
    expect(printable('Größe 大きさ 🚀')).toBe('Größe 大きさ 🚀');
  });

  it('cuts what is too long', () => {
    expect(printable('x'.repeat(1000), { limit: 10 })).toBe(`${'x'.repeat(10)}…`);
  });

  it('lets no control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
