import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../../../../testing/lab/requirements';
import { signerBy } from '../../mirror/signer';
import type { SignatureAnswer } from '../../mirror/signing/signing';
import { askSignature } from '../../mirror/signing/signing';

const run = promisify(execFile);

let root: string;
const at = (...names: string[]) => join(root, ...names);
const sums = () => at('medium/SHA256SUMS');
const signers = () => at('site/allowed_signers');
const keyOf = (name: string) => readFile(at(`${name}.pub`), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seqmirror-signature-'));
  await mkdir(at('medium'));
  await mkdir(at('site'));
  await writeFile(sums(), `${'a'.repeat(64)}  archives/mirror_000001.tar\n`);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function newKey(name: string): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)]);
}

async function sign(key: string, purpose = 'seqmirror'): Promise<void> {
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', purpose, '-f', at(key), sums()]);
}

/** What lies on a medium and at a site, and the answer that it must give. There are two keys: ours, and a stranger's. */
const cases: readonly { name: string; prepare: () => Promise<unknown>; answer: SignatureAnswer['kind'] }[] = [
  { name: 'signed by a signer', prepare: () => sign('ours'), answer: 'counts' },
  { name: 'not signed', prepare: async () => undefined, answer: 'unsigned' },
  { name: 'signed by a stranger', prepare: () => sign('stranger'), answer: 'refused' },
  { name: 'signed for another purpose', prepare: () => sign('ours', 'seqmirror-receipt'), answer: 'refused' },
  {
    name: 'changed after it was signed',
    prepare: async () => {
      await sign('ours');
      await appendFile(sums(), `${'b'.repeat(64)}  archives/mirror_000002.tar\n`);
    },
    answer: 'refused',
  },
  {
    name: 'with something that is not a signature in its .sig',
    prepare: () => writeFile(`${sums()}.sig`, 'nothing\n'),
    answer: 'refused',
  },
  {
    name: 'with a link for a signature',
    prepare: async () => {
      await sign('ours');
      await rename(`${sums()}.sig`, at('elsewhere.sig'));
      await symlink(at('elsewhere.sig'), `${sums()}.sig`);
    },
    answer: 'unsigned',
  },
  {
    name: 'with a signature that is too large',
    prepare: async () => {
      await sign('ours');
      await truncate(`${sums()}.sig`, 1024 ** 2 + 1);
    },
    answer: 'unsigned',
  },
  { name: 'with a folder for a signature', prepare: () => mkdir(`${sums()}.sig`), answer: 'unsigned' },
  {
    name: 'signed with a key that no longer counts',
    prepare: async () => {
      await sign('ours');
      await writeFile(signers(), `us valid-before="20200101" ${await keyOf('ours')}`);
    },
    answer: 'refused',
  },
  {
    name: 'signed with a key that is listed for other things first',
    prepare: async () => {
      await sign('ours');
      const key = await keyOf('ours');
      await writeFile(signers(), `git namespaces="git" ${key}us namespaces="seqmirror" ${key}`);
    },
    answer: 'refused',
  },
  {
    name: 'signed, and nothing says whose signatures count',
    prepare: async () => {
      await sign('ours');
      await rm(signers());
    },
    answer: 'no signers',
  },
  {
    name: 'signed, and the signers file is not one',
    prepare: async () => {
      await sign('ours');
      await writeFile(signers(), '');
    },
    answer: 'refused',
  },
  {
    name: 'signed, and the signers are a folder',
    prepare: async () => {
      await sign('ours');
      await rm(signers());
      await mkdir(signers());
    },
    answer: 'refused',
  },
  {
    name: 'signed, and the signers are a link to nowhere',
    prepare: async () => {
      await sign('ours');
      await rm(signers());
      await symlink(at('nowhere'), signers());
    },
    answer: 'refused',
  },
  {
    name: 'signed, and the signers are a link to the medium',
    prepare: async () => {
      await sign('ours');
      await rename(signers(), at('medium/allowed_signers'));
      await symlink(at('medium/allowed_signers'), signers());
    },
    answer: 'refused',
  },
];

describeWith(['ssh-keygen'], 'a medium', () => {
  beforeEach(async () => {
    await newKey('ours');
    await newKey('stranger');
    await writeFile(signers(), `us ${await keyOf('ours')}`);
  });

  it.each(cases)('$name gives $answer in seqmirror', async ({ prepare, answer }) => {
    await prepare();
    const signer = signerBy({ with: 'ssh' }, { env: process.env, folder: root });
    const question = {
      file: sums(),
      signatures: [`${sums()}.sig`],
      signers: signers(),
      medium: at('medium'),
      signer,
      purpose: 'seqmirror' as const,
    };
    expect((await askSignature(question)).kind).toBe(answer);
  });

  describe.each([
    { shell: 'dash', command: ['dash'] },
    { shell: 'busybox', command: ['busybox', 'sh'] },
  ] as const)('with $shell there', ({ shell, command: [program, ...args] }) => {
    describeWith([shell], 'judged by seq-upload.sh', () => {
      it.each(cases)('$name gives $answer', async ({ prepare, answer }) => {
        await prepare();
        expect(await answerInShell([program, ...args])).toBe(answer);
      });
    });
  });
});

/** The answer of the script's own functions, which stop with 4 if signers are configured and no signature counts. */
async function answerInShell([program = '', ...args]: readonly string[]): Promise<SignatureAnswer['kind']> {
  const parts = ['15-words.sh', '38-signature.sh', '40-medium.sh'].map((name) => join(__dirname, 'parts', name));
  await writeFile(at('site/settings'), 'old_signatures=accept\n');
  await mkdir(at('held'), { recursive: true });
  const script = `. "$1"; . "$2"; . "$3"; is_spool() { return 1; }; hold() { cp -- "$folder/$1" "$held/$1"; }
    folder=$4 site=$5 held=$6 private=$6 signers= layout=bundle statement= require_signature=no allow_unsigned=no
    hold SHA256SUMS; hold_signatures
    check_signature; printf 'signer=%s\\n' "$signer"`;
  const folders = [at('medium'), at('site'), at('held')];
  try {
    const { stdout } = await run(program, [...args, '-c', script, 'sh', ...parts, ...folders]);
    return /^signer=./m.test(stdout) ? 'counts' : 'no signers';
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code !== 4) throw error;
    return stderr?.includes('the medium is not signed') === true ? 'unsigned' : 'refused';
  }
}
