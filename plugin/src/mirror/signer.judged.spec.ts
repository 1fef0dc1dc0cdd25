import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../../../testing/lab/requirements';
import type { SignaturePurpose } from './signer';
import { signerBy } from './signer';
import { SigningSettings } from './signing-settings';

const exec = promisify(execFile);
const purpose: SignaturePurpose = 'seqmirror-chain';
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-sign-'));
  file = join(folder, "SHA256SUMS of 'a $(b)");
  await writeFile(file, `${'a'.repeat(64)}  mirror_000001.tar\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const signerOf = (settings: unknown) =>
  signerBy(SigningSettings.parse(settings), { env: { PATH: process.env['PATH'], HOME: folder }, folder });

describeWith(['ssh-keygen'], 'the signer ssh', () => {
  const ssh = (key = 'key') => signerOf({ with: 'ssh', key });
  const signers = () => join(folder, 'allowed_signers');
  beforeEach(async () => {
    await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, 'key')]);
    await writeFile(signers(), `mirror@connected ${await readFile(join(folder, 'key.pub'), 'utf8')}`);
  });

  it('signs what it verifies, and what ssh-keygen itself verifies', async () => {
    const signature = await ssh().sign(file, { purpose });
    expect(signature).toBe(`${file}.sig`);
    expect(await ssh().verify(file, { purpose, signature, signers: signers() })).toEqual({
      sound: true,
      by: 'mirror@connected',
      key: expect.stringMatching(/^SHA256:\S{43}$/) as string,
    });
    const child = exec('ssh-keygen', [
      ...['-Y', 'verify', '-f', signers(), '-I', 'mirror@connected', '-n', purpose, '-s', signature],
    ]);
    child.child.stdin?.end(await readFile(file));
    expect((await child).stdout).toContain('Good "seqmirror-chain" signature');
  });

  it('signs again over an older signature', async () => {
    await ssh().sign(file, { purpose });
    await writeFile(file, 'changed');
    const signature = await ssh().sign(file, { purpose });
    expect(await ssh().verify(file, { purpose, signature, signers: signers() })).toMatchObject({ sound: true });
  });

  it('notices a changed file, another purpose, and a key that is not listed', async () => {
    const signature = await ssh().sign(file, { purpose });
    expect(await ssh().verify(file, { purpose: 'seqmirror-receipt', signature, signers: signers() })).toMatchObject({
      sound: false,
    });
    await writeFile(file, 'changed');
    expect(await ssh().verify(file, { purpose, signature, signers: signers() })).toMatchInlineSnapshot(`
      {
        "sound": false,
        "why": "it was made with the key of mirror@connected, but for other content or another purpose",
      }
    `);
    await writeFile(signers(), '');
    expect(await ssh().verify(file, { purpose, signature, signers: signers() })).toMatchInlineSnapshot(`
      {
        "sound": false,
        "why": "its key is not in the list of accepted keys",
      }
    `);
  });

  it('does not take just any file for a signature', async () => {
    await writeFile(`${file}.sig`, 'not a signature');
    expect(await ssh().verify(file, { purpose, signature: `${file}.sig`, signers: signers() })).toMatchObject({
      sound: false,
    });
  });

  it('says why it cannot sign', async () => {
    await expect(ssh('missing').sign(file, { purpose })).rejects.toMatchObject({ code: 'SEQ0625' });
    await expect(signerOf({ with: 'ssh' }).sign(file, { purpose })).rejects.toMatchObject({ code: 'SEQ0625' });
  });
});

describeWith(['gpg', 'gpgv'], 'a signer told by its command lines', () => {
  const key = 'mirror@connected.example';
  const gpg = (...args: string[]) => exec('gpg', ['--homedir', folder, '--batch', '--quiet', ...args]);
  const signer = () =>
    signerOf({
      with: 'gpg',
      key,
      sign: [
        ...['gpg', '--homedir', folder, '--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', ''],
        ...['--local-user', '{key}', '--detach-sign', '--output', '{signature}', '{file}'],
      ],
      verify: ['gpgv', '--keyring', '{signers}', '{signature}', '{file}'],
    });

  it('signs and verifies by gpg, in paths with quotes and $()', async () => {
    await gpg('--pinentry-mode', 'loopback', '--passphrase', '', '--quick-gen-key', key, 'ed25519', 'sign', 'never');
    const signers = join(folder, 'signers.gpg');
    await gpg('--output', signers, '--export', key);
    const signature = await signer().sign(file, { purpose });
    expect(await signer().verify(file, { purpose, signature, signers })).toEqual({
      sound: true,
      by: 'gpg',
      key: 'gpg',
    });
    await writeFile(file, 'changed');
    expect(await signer().verify(file, { purpose, signature, signers })).toMatchObject({ sound: false });
    await exec('gpgconf', ['--homedir', folder, '--kill', 'all']).catch(() => undefined);
  }, 60_000);
});

describe('a signer that is configured by command lines', () => {
  it('is refused if it wrote no signature', async () => {
    const signer = signerOf({ with: 'other', sign: ['true'], verify: ['true'] });
    await expect(signer.sign(file, { purpose })).rejects.toMatchObject({ code: 'SEQ0625' });
  });

  it('passes the rest on unchanged', async () => {
    const script = join(folder, 'sign');
    await writeFile(script, '#!/bin/sh\nprintf "%s\\n" "$@" >"$1"\n', { mode: 0o755 });
    const signature = await signerOf({
      with: 'other',
      sign: [script, '{signature}', '$(touch x) {file} {other}', '*'],
      verify: ['true'],
    }).sign(file, { purpose });
    expect(await readFile(signature, 'utf8')).toBe(`${signature}\n$(touch x) ${file} {other}\n*\n`);
  });

  it.each([
    { name: 'no command lines', settings: { with: 'gpg' } },
    { name: 'command lines of ssh', settings: { with: 'ssh', sign: ['a'], verify: ['b'] } },
    { name: 'a line of text', settings: { with: 'gpg', sign: 'gpg --sign', verify: ['gpgv'] } },
  ])('is refused with $name', ({ settings }) => expect(SigningSettings.safeParse(settings).success).toBe(false));
});
