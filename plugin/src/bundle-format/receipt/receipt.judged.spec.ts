import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../../../../testing/lab/requirements';
import { Digest } from '../../oci/digest';
import { Seal } from '../../sequence/seal';
import { lineFormOf, parseReceipt, renderReceipt, verifiedLines, verifiedOf } from './receipt';

const digest = (digit: string) => Digest.parse(`sha256:${digit.repeat(64)}`);
const images = [
  { repository: 'ubi9/ubi', tag: '9.5', digest: digest('b') },
  { repository: 'Z/upper', tag: '1', digest: digest('c') },
  { repository: 'ubi9/ubi', tag: '9.4', digest: digest('a') },
  { repository: 'ubi9/ubi', tag: 'latest', digest: digest('b') },
  { repository: 'ubi9/ubi', tag: '9.5', digest: digest('b') },
];
const facts = {
  site: 'bravo',
  sequence: 3,
  seal: Seal.parse(digest('1')),
  bundle: 'T0003',
  verified: verifiedOf(images),
  images: 4,
  held_in: 'both' as const,
  when: '2026-11-30T10:12:13Z',
  tool: 'seq-upload.sh 0.1.0',
};
const text = renderReceipt(facts);

describe('a receipt', () => {
  it('is a few lines for people to read', () => {
    expect(text).toMatchInlineSnapshot(`
      "schema=seqmirror-receipt/1
      site=bravo
      sequence=3
      seal=sha256:1111111111111111111111111111111111111111111111111111111111111111
      bundle=T0003
      verified=sha256:f1b360cf699be2d26a0b093316a591a21826ffcbf905e3fb456717653b2c735c
      images=4
      held_in=both
      when=2026-11-30T10:12:13Z
      tool=seq-upload.sh 0.1.0
      code=27TK-Z9XN-015P
      "
    `);
    expect(text.length).toBeLessThan(1024);
  });

  it('is read back as it was written, with either kind of line end', () => {
    expect(parseReceipt(text, 'r')).toMatchObject(facts);
    expect(parseReceipt(text.replaceAll('\n', '\r\n'), 'r')).toMatchObject(facts);
  });

  it.each([
    { name: 'an empty file', to: () => '' },
    { name: 'a page of something else', to: () => 'x'.repeat(5000) },
    { name: 'a receipt that was cut', to: () => text.slice(0, -40) },
    { name: 'one line more', to: () => `${text}host=registry.example\n` },
    { name: 'a key that appears twice', to: () => text.replace('site=bravo\n', 'site=bravo\nsite=bravo\n') },
    { name: 'keys in another order', to: () => text.replace(/(site=.*\n)(sequence=.*\n)/, '$2$1') },
    { name: 'another site under the same code', to: () => text.replace('site=bravo', 'site=alpha') },
    {
      name: 'another verified hash under the same code',
      to: () => text.replace(/verified=.*/, `verified=${digest('0')}`),
    },
    { name: 'a newer format', to: () => text.replace('receipt/1', 'receipt/2') },
    { name: 'control characters', to: () => text.replace('seq-upload.sh', '\u001b[31m') },
    { name: 'something that is not a number', to: () => text.replace('sequence=3', 'sequence=3e0') },
  ])('refuses $name', ({ to }) => expect(() => parseReceipt(to(), 'r')).toThrow('SEQ0615'));
});

describe('verifiedLines', () => {
  it('has each tag once, in byte order, so that if two tags have one digest, a missing one is noticed', () => {
    expect(verifiedLines(images)).toEqual([
      `Z/upper:1@${digest('c')}`,
      `ubi9/ubi:9.4@${digest('a')}`,
      `ubi9/ubi:9.5@${digest('b')}`,
      `ubi9/ubi:latest@${digest('b')}`,
    ]);
  });

  it('has each manifest once, as earlier versions wrote it', () => {
    const lines = verifiedLines(images, 'by digest');
    expect(lines).toEqual([`Z/upper@${digest('c')}`, `ubi9/ubi@${digest('a')}`, `ubi9/ubi@${digest('b')}`]);
    // The hash over them in a receipt of 0.1.0.
    expect(verifiedOf(images, 'by digest')).toBe(
      'sha256:32cc7bb3cd912054f747449ce8d8dbd44e0fa192d0006306d7f36634b84f48c3',
    );
  });

  it.each([
    { form: 'by tag', text: verifiedLines(images).join('\n') },
    { form: 'by digest', text: verifiedLines(images, 'by digest').join('\n') },
    { form: 'by tag', text: '' },
  ])('tell that they are written $form', ({ form, text: list }) => expect(lineFormOf(list)).toBe(form));
});

describe.each([
  { shell: 'dash', command: ['dash'] },
  { shell: 'busybox', command: ['busybox', 'sh'] },
] as const)('receipt.sh under $shell', ({ shell, command: [program, ...args] }) => {
  describeWith([shell], 'as receipt.ts', () => {
    it('writes the same receipt for the same registry', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'seqmirror-receipt-'));
      try {
        const lines = join(folder, 'a b');
        await writeFile(
          lines,
          images.map(({ repository, tag, digest: of }) => `${repository}:${tag}@${of}\n`).join(''),
        );
        const script = `. "$1"; receipt_text "$2" "$3" "$4" "$5" "$(receipt_verified "$6")" 4 both "$7" "$8"`;
        const { site, sequence, seal, bundle, when, tool } = facts;
        const values = [site, String(sequence), seal, bundle, lines, when, tool];
        const { stdout } = await promisify(execFile)(program, [
          ...args,
          '-c',
          script,
          'sh',
          join(__dirname, 'receipt.sh'),
          ...values,
        ]);
        expect(stdout).toBe(text);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
});

describeWith(['shellcheck'], 'receipt.sh', () => {
  it('passes shellcheck', async () => {
    await promisify(execFile)('shellcheck', ['--shell=sh', join(__dirname, 'receipt.sh')]);
  });
});
