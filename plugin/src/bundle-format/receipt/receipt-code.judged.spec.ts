import { execFile } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describeWith } from '../../../../testing/lab/requirements';
import { receiptCode, readReceiptCode } from './receipt-code';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const factsOf = fc.record({
  site: fc.stringMatching(/^[a-z0-9]{1,12}(-[a-z0-9]{1,12})?$/),
  seal: digest,
  bundle: fc.oneof(fc.constant('-'), fc.stringMatching(/^T[0-9]{4}$/)),
  verified: digest,
  held_in: fc.constantFrom('registry', 'cache', 'both'),
});
const facts = {
  site: 'bravo',
  seal: `sha256:${'1'.repeat(64)}`,
  bundle: 'T0003',
  verified: `sha256:${'2'.repeat(64)}`,
  held_in: 'both',
};

describe('receiptCode', () => {
  it('returns the code that it always returned', () =>
    expect(receiptCode(facts)).toMatchInlineSnapshot(`"FGFM-6Y2Y-QHKN"`));

  it('returns another code for other facts', () => {
    const codes = new Set(
      [
        {},
        { site: 'alpha' },
        { bundle: '-' },
        { held_in: 'cache' },
        { verified: facts.seal },
        { seal: facts.verified },
      ].map((change) => receiptCode({ ...facts, ...change })),
    );
    expect(codes.size).toBe(6);
  });
});

describe('readReceiptCode', () => {
  it('reads every possible code, however it is typed', () => {
    fc.assert(
      fc.property(factsOf, fc.boolean(), fc.constantFrom('-', ' ', '', ' - '), (each, lower, between) => {
        const code = receiptCode(each);
        const typed = code.replaceAll('1', 'L').replaceAll('0', 'o').replaceAll('-', between);
        expect(readReceiptCode(lower ? typed.toLowerCase() : typed)).toBe(code);
      }),
    );
  });

  it('finds any wrong character', () => {
    const plain = receiptCode(facts).replaceAll('-', '');
    for (let at = 0; at < plain.length; at += 1) {
      for (const other of alphabet.replace(plain[at]!, '')) {
        expect(readReceiptCode(`${plain.slice(0, at)}${other}${plain.slice(at + 1)}`)).toBeUndefined();
      }
    }
  });

  it('finds any two swapped characters', () => {
    fc.assert(
      fc.property(factsOf, fc.nat(11), fc.nat(11), (each, a, b) => {
        const characters = [...receiptCode(each).replaceAll('-', '')];
        fc.pre(characters[a] !== characters[b]);
        [characters[a], characters[b]] = [characters[b]!, characters[a]!];
        expect(readReceiptCode(characters.join(''))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'ABCD', '7K3M-ZQ4T-9XWA-7', 'UUUU-UUUU-UUUU', '\u0000', 'ÄÄÄÄ-ÄÄÄÄ-ÄÄÄÄ'])('refuses %j', (typed) =>
    expect(readReceiptCode(typed)).toBeUndefined(),
  );
});

describe.each([
  { shell: 'dash', command: ['dash'] },
  { shell: 'busybox', command: ['busybox', 'sh'] },
] as const)('receipt.sh under $shell', ({ shell, command: [program, ...args] }) => {
  describeWith([shell], 'as receipt-code.ts', () => {
    it('computes the same code for thousands of facts', async () => {
      const all = fc.sample(factsOf, 2000);
      const lines = all.map(({ site, seal, bundle, verified, held_in: at }) =>
        [site, seal, bundle, verified, at].join(' '),
      );
      const script = `. "$1"; while read -r a b c d e; do receipt_code "$a" "$b" "$c" "$d" "$e"; done`;
      const output = await new Promise<string>((resolve, reject) => {
        const child = execFile(
          program,
          [...args, '-c', script, 'sh', join(__dirname, 'receipt.sh')],
          { maxBuffer: 1024 ** 2 },
          (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
        );
        child.stdin?.end(`${lines.join('\n')}\n`);
      });
      expect(output.trimEnd().split('\n')).toEqual(all.map(receiptCode));
    }, 120_000);
  });
});
