import { answerOf, custodyTaskOf, sequenceAtOf, setbackOf } from './typed-options';

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

describe('setbackOf', () => {
  it.each([
    { said: { to: 'seq3' }, setback: { kind: 'restored', to: 3 } },
    {
      said: { to: 'seq3', tags: true, registry: 'registry.example:8443', apply: 'b0' },
      setback: { kind: 'restored', to: 3 },
    },
    { said: { wiped: true }, setback: { kind: 'wiped' } },
    { said: { cache: true }, setback: { kind: 'cache wiped' } },
  ])('accepts $said', ({ said, setback }) => expect(setbackOf(said, 'mirror-site-bravo')).toEqual(setback));

  it.each([
    { said: {}, why: 'None of these options was given' },
    { said: { to: 1, wiped: true }, why: 'More than one of these options was given' },
    { said: { to: 'latest' }, why: '--to needs the name of a sequence, such as seq3' },
    { said: { tags: true }, why: '--tags needs --to, and neither --wiped nor --cache' },
    { said: { tags: true, to: 1, wiped: true }, why: '--tags needs --to, and neither --wiped nor --cache' },
    { said: { to: 1, registry: 'registry.example' }, why: '--registry belongs to --tags' },
    { said: { to: 1, apply: 'b0' }, why: '--apply belongs to --tags' },
    {
      said: { to: 1, tags: true, apply: 'b0', dryRun: true },
      why: '--dry-run changes nothing, and --apply carries out a plan',
    },
  ])('refuses $said', ({ said, why }) =>
    expect(() => setbackOf(said, 'mirror-site-bravo')).toThrow(expect.objectContaining({ code: 'SEQ0614', why })),
  );
});

describe('custodyTaskOf', () => {
  const nothing = { verify: false, quick: false, dryRun: false };

  it.each([
    { said: {}, task: { kind: 'list' } },
    { said: { copy: '/media/a', dryRun: true }, task: { kind: 'copy', to: '/media/a', dryRun: true } },
    { said: { verify: true, place: '/a', quick: true }, task: { kind: 'verify', place: '/a', quick: true } },
  ])('takes $said', ({ said, task }) => expect(custodyTaskOf({ ...nothing, ...said })).toEqual(task));

  it.each([
    { said: { copy: '/a', verify: true }, why: '--copy and --verify were both given' },
    { said: { copy: ' ' }, why: '--copy is empty' },
    { said: { verify: true, place: '' }, why: '--place is empty' },
    { said: { place: '/a' }, why: '--place needs --verify' },
    { said: { quick: true }, why: '--quick needs --verify' },
    { said: { dryRun: true }, why: '--dryRun needs --copy' },
  ])('refuses $said', ({ said, why }) => {
    expect(() => custodyTaskOf({ ...nothing, ...said })).toThrow(expect.objectContaining({ code: 'SEQ0269', why }));
  });
});

describe('sequenceAtOf', () => {
  it.each([
    { at: undefined, carryOut: true, context: 'prod', number: undefined },
    { at: 'seq2', carryOut: false, context: undefined, number: 2 },
  ])('accepts $at', ({ number, ...typed }) => expect(sequenceAtOf(typed)).toBe(number));

  it.each([
    { at: 'latest', carryOut: false, context: undefined },
    { at: undefined, carryOut: false, context: 'prod' },
    { at: undefined, carryOut: true, context: '' },
  ])('refuses $at with $context', (typed) =>
    expect(() => sequenceAtOf(typed)).toThrow(expect.objectContaining({ code: 'SEQ0663' })),
  );
});
