import fc from 'fast-check';
import { withLines } from './lines';

const wanted = { comment: 'ours', lines: ['a', 'b'] };

describe('withLines', () => {
  it.each([
    { name: 'begins an empty text', before: '', after: '# ours\na\nb\n' },
    { name: 'adds below what is there', before: 'x\n', after: 'x\n\n# ours\na\nb\n' },
    { name: 'ends a last line that has no line end', before: 'x', after: 'x\n\n# ours\na\nb\n' },
    { name: 'adds only what is missing', before: 'b\n', after: 'b\n\n# ours\na\n' },
    { name: 'gives the reason once', before: '# ours\na\n', after: '# ours\na\n\nb\n' },
    { name: 'changes nothing that is complete', before: 'b\r\n  a\r\n', after: 'b\r\n  a\r\n' },
  ])('$name', ({ before, after }) => expect(withLines(before, wanted)).toBe(after));

  it('keeps every text as its beginning, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = withLines(text, wanted);
        expect(once.startsWith(text)).toBe(true);
        expect(withLines(once, wanted)).toBe(once);
      }),
    );
  });
});
