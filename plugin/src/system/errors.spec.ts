import { isSeqmirrorError, renderExplanation, SeqmirrorError, systemErrorCode } from './errors';

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

describe('isSeqmirrorError', () => {
  it('knows an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('seqmirror.error')]: true });
    expect(isSeqmirrorError(foreign)).toBe(true);
    expect(isSeqmirrorError(new SeqmirrorError({ code: 'SEQ0701', what: 'x' }))).toBe(true);
    expect(isSeqmirrorError(new Error('x'))).toBe(false);
    expect(isSeqmirrorError(undefined)).toBe(false);
  });
});

describe('systemErrorCode', () => {
  it('looks along the causes', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    expect(systemErrorCode(new Error('outer', { cause: new Error('inner', { cause: full }) }))).toBe('ENOSPC');
    expect(systemErrorCode(new Error('x'))).toBeUndefined();
    expect(systemErrorCode(Object.assign(new Error('x'), { code: 'SEQ0701' }))).toBeUndefined();
  });
});
