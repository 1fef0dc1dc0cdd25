import { Pax } from 'tar';
import { decodePax } from './pax-records';

describe('PAX records', () => {
  it.each([
    ['a record that is cut', '20 path=abc\n'],
    ['a record without an end of line', '11 path=abc'],
    ['a length of zero', '0 path=a\n'],
    ['a length that is too short', '8 path=abc\n'],
    ['a length with a zero before it', '011 path=ab\n'],
    ['a length with a sign', '+11 path=a\n'],
    ['a sparse file', '22 GNU.sparse.major=1\n'],
    ['a link', '14 linkpath=a\n'],
    ['a character set', '21 hdrcharset=BINARY\n'],
    ['no key', '5 =a\n'],
    ['a negative size', '11 size=-1\n'],
    ['a size with a sign', '11 size=+1\n'],
    ['a size with a zero before it', '11 size=01\n'],
    ['a size that is hexadecimal', '12 size=0x1\n'],
    ['a size beyond all disks', '27 size=9999999999999999\n'],
    ['an empty name, which Go passes over and Python takes', '8 path=\n'],
    ['a zero byte in a name', '12 path=a\0b\n'],
    ['an owner that is no number, for which Go refuses the archive', '9 uid=no\n'],
    ['a time that is no number, for which Go refuses the archive', '12 mtime=no\n'],
    ['one key twice', '10 path=a\n10 path=b\n'],
    ['bytes that are not UTF-8', Buffer.from([0x39, 0x20, 0x70, 0xff])],
  ])('with %s are refused', (_, body) => {
    expect(typeof decodePax(Buffer.from(body))).toBe('string');
  });

  it('may hold line ends in names, which a line-by-line reader would not expect', () => {
    const body = new Pax({ path: 'a\n9 size=1\n' }).encodeBody();
    expect(decodePax(Buffer.from(body))).toEqual({ path: 'a\n9 size=1\n' });
  });

  it('that apply to all entries may only be comments', () => {
    expect(decodePax(Buffer.from('13 comment=a\n'), { isGlobal: true })).toEqual({});
    for (const body of ['10 path=a\n', '10 size=1\n', '11 uname=a\n', '11 mtime=1\n'])
      expect(typeof decodePax(Buffer.from(body), { isGlobal: true })).toBe('string');
  });
});
