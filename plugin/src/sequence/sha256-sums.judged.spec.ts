import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseSha256Sums, renderSha256Sums } from './sha256-sums';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('renderSha256Sums', () => {
  it('is sorted, in the format of coreutils', () => {
    const sums = [
      { name: 'mirror_000002.tar', sha256: sha256('b') },
      { name: 'mirror_000001.tar', sha256: sha256('a') },
    ];
    expect(renderSha256Sums(sums)).toMatchInlineSnapshot(`
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  mirror_000001.tar
      3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  mirror_000002.tar
      "
    `);
  });

  it('is read back, whatever the names', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/^\/|\0|(^|\/)\.\.(\/|$)/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const sums = names.map((each) => ({ name: each, sha256: sha256(each) }));
        expect(new Set(parseSha256Sums(renderSha256Sums(sums), 'SHA256SUMS'))).toEqual(new Set(sums));
      }),
    );
  });

  it('is accepted by sha256sum -c, odd names included, and what sha256sum writes is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seqmirror-sums-'));
    try {
      const names = ['mirror_000001.tar', 'with space', 'back\\slash', 'new\nline', '*star', ' lead'];
      for (const name of names) writeFileSync(join(folder, name), name);
      const sums = names.map((name) => ({ name, sha256: sha256(name) }));
      writeFileSync(join(folder, 'SHA256SUMS'), renderSha256Sums(sums));
      const run = (...args: string[]) => execFileSync('sha256sum', args, { cwd: folder, encoding: 'utf8' });
      expect(run('--strict', '-c', 'SHA256SUMS').match(/: OK$/gm)).toHaveLength(names.length);
      for (const mode of [['--text'], ['--binary'], ['--tag']]) {
        expect(new Set(parseSha256Sums(run(...mode, '--', ...names), 'SHA256SUMS'))).toEqual(new Set(sums));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('parseSha256Sums', () => {
  const digits = sha256('a');

  it('reads comments, empty lines, capitals and Windows line ends', () => {
    expect(parseSha256Sums(`# made\r\n\r\n${digits.toUpperCase()} *a b\r\n`, 'f')).toEqual([
      { name: 'a b', sha256: digits },
    ]);
  });

  it.each([
    { name: 'one space', text: `${digits} a` },
    { name: 'too few digits', text: `${digits.slice(1)}  a` },
    { name: 'no name', text: `${digits}  ` },
    { name: 'an absolute path', text: `${digits}  /etc/passwd` },
    { name: 'a path that leads out of the folder', text: `${digits}  a/../../b` },
    { name: 'a name that appears twice', text: `${digits}  a\n${digits}  a` },
    { name: 'an unknown escape', text: `\\${digits}  a\\b` },
  ])('refuses $name', ({ text }) => {
    expect(() => parseSha256Sums(text, 'SHA256SUMS')).toThrow(expect.objectContaining({ code: 'SEQ0211' }));
  });
});
