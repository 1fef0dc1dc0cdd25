import { answerOf } from './typed-options';

const facts = { project: 'mirror-site-bravo', cwd: '/somewhere/here' };

describe('answerOf', () => {
  it.each([
    {
      name: 'a receipt, relative to where it was typed',
      said: { receipt: 'r' },
      answer: { kind: 'receipt', file: '/somewhere/here/r' },
    },
    { name: 'a code of digits only', said: { code: 123456789012 }, answer: { kind: 'code', code: '123456789012' } },
    { name: 'an assumption', said: { assume: true }, answer: { kind: 'assume' } },
    { name: 'a lost transfer', said: { lost: 'T0002' }, answer: { kind: 'lost', transfer: 'T0002' } },
  ])('accepts $name', ({ said, answer }) => expect(answerOf(said, facts)).toEqual(answer));

  it.each([
    { name: 'nothing', said: {}, what: 'Nothing to acknowledge: give --receipt, --code, --assume or --lost' },
    {
      name: 'two answers',
      said: { code: 'A', assume: true },
      what: 'Only one of --receipt, --code, --assume and --lost can be given',
    },
    { name: 'a receipt without a name', said: { receipt: '' }, what: '--receipt has no value' },
    { name: 'blanks', said: { receipt: '  ' }, what: '--receipt has no value' },
    { name: 'an option without a value', said: { receipt: true as unknown as string }, what: '--receipt has no value' },
    { name: 'an empty code', said: { code: '' }, what: '--code has no value' },
    { name: 'an empty code, as Nx hands it over', said: { code: 0 }, what: '--code has no value' },
    { name: 'no transfer', said: { lost: '' }, what: '--lost has no value' },
  ])('refuses $name', ({ said, what }) => {
    expect(() => answerOf(said, facts)).toThrow(expect.objectContaining({ code: 'SEQ0623', what }));
  });
});
