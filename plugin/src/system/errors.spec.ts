import {
  errorOfFindings,
  findingOf,
  isSeqmirrorError,
  renderExplanation,
  renderExplanations,
  SeqmirrorError,
  systemErrorCode,
} from './errors';

describe('renderExplanation', () => {
  it('says where, what, the details, why, and what to do next', () => {
    const text = renderExplanation({
      code: 'SEQ0701',
      at: { file: 'mirror/seqmirror.yaml', line: 3, column: 7 },
      what: 'the fact',
      details: ['one', 'two\nlines'],
      why: 'the cause',
      next: 'a command',
    });
    expect(text).toMatchInlineSnapshot(`
      "SEQ0701 mirror/seqmirror.yaml:3:7: the fact
        one
        two
        lines
        Why:   the cause
        Next:  a command"
    `);
  });
});

describe('errorOfFindings', () => {
  const a = {
    severity: 'error',
    code: 'SEQ0101',
    at: { file: 'a.yaml', line: 1 },
    what: 'one',
    why: 'w',
    next: 'n1',
  } as const;
  const b = {
    severity: 'error',
    code: 'SEQ0101',
    at: { file: 'a.yaml', line: 2 },
    what: 'two',
    why: 'w',
    next: 'n2',
  } as const;
  const c = { ...b, code: 'SEQ0108', what: 'three', why: 'another', next: 'n3', details: ['more'] } as const;

  it('gives every finding with its own advice, and a shared reason once', () => {
    expect(renderExplanation(errorOfFindings([a, b, c]))).toMatchInlineSnapshot(`
      "SEQ0101 a.yaml:1: one
        Why:   w
        Next:  n1
        SEQ0101 a.yaml:2: two
          Next:  n2
        SEQ0108 a.yaml:2: three
          more
          Why:   another
          Next:  n3"
    `);
  });

  it('gives advice that is for all of them once, at the end', () => {
    const error = errorOfFindings([a, { ...a, what: 'two' }]);
    expect(renderExplanation(error).match(/Next: {2}n1/g)).toHaveLength(1);
    expect(renderExplanation(error).split('\n').at(-1)).toBe('  Next:  n1');
  });

  it('stays readable for a thousand of them', () => {
    const lines = renderExplanation(errorOfFindings(Array.from({ length: 1000 }, () => a))).split('\n');
    expect(lines.length).toBeLessThan(70);
    expect(lines.slice(-2)).toEqual(['  and 979 more', '  Next:  n1']);
  });

  it('keeps them as a finding of a whole', () => {
    expect(findingOf(errorOfFindings([a, b])).others).toEqual([b]);
  });
});

describe('renderExplanations', () => {
  it('puts findings with the same advice together, and gives it once, below the last', () => {
    const of = (what: string, next: string) => ({ code: 'SEQ0301', what, next }) as const;
    expect(renderExplanations([of('one', 'n1'), of('two', 'n2'), of('three', 'n1')])).toEqual([
      'SEQ0301 one',
      'SEQ0301 three\n  Next:  n1',
      'SEQ0301 two\n  Next:  n2',
    ]);
  });
});

describe('isSeqmirrorError', () => {
  it('recognises an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('seqmirror.error')]: true });
    expect(isSeqmirrorError(foreign)).toBe(true);
    expect(isSeqmirrorError(new SeqmirrorError({ code: 'SEQ0701', what: 'x' }))).toBe(true);
    expect(isSeqmirrorError(new Error('x'))).toBe(false);
    expect(isSeqmirrorError(undefined)).toBe(false);
  });
});

describe('systemErrorCode', () => {
  it('searches the causes', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    expect(systemErrorCode(new Error('outer', { cause: new Error('inner', { cause: full }) }))).toBe('ENOSPC');
    expect(systemErrorCode(new Error('x'))).toBeUndefined();
    expect(systemErrorCode(Object.assign(new Error('x'), { code: 'SEQ0701' }))).toBeUndefined();
  });
});
