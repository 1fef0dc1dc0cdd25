/**
 * Detached signatures over chain.lock, over a bundle's SHA256SUMS, and over receipts. The signers always come from a
 * file that was here before: never from one that came with what is verified.
 */
import { isAbsolute, resolve, dirname } from 'node:path';
import { recordLimits } from '../sequence/record-limits';
import { writeFileAtomically } from '../system/atomic-file';
import { removeFile } from '../system/change-folder';
import { below, readableRoot } from '../system/path-below';
import { withPrivateFolder } from '../system/private-folder';
import { runProgram } from '../system/process';
import { requireCommandAllowed } from '../system/repository-commands';
import { readBytes } from '../system/text-file';
import { signingFailed } from './errors';
import type { SigningSettings } from './signing-settings';

/**
 * What a signature is for; one for another purpose does not count. For ssh it is the namespace; other programs have no
 * such thing, so the signed text names its purpose itself. Earlier versions used `seqmirror` for chain.lock and for a
 * bundle's SHA256SUMS.
 */
export type SignaturePurpose = 'seqmirror-chain' | 'seqmirror-bundle' | 'seqmirror-receipt' | 'seqmirror';

export type SignatureVerdict =
  | {
      readonly sound: true;
      /** Who signed, as the file of signers names them; for programs that only say yes, the program. */
      readonly by: string;
      /** The key's fingerprint, `SHA256:…`; for programs that only say yes, the program. */
      readonly key: string;
    }
  | { readonly sound: false; readonly why: string };

export interface Signer {
  readonly name: string;
  /**
   * Signs a file; the signature lies beside it, at the path returned, and replaces an older one.
   *
   * @param options.shown what people call it, if the file is signed at another place
   * @throws SEQ0625 when the program cannot or will not
   */
  sign(file: string, options: { purpose: SignaturePurpose; shown?: string | undefined }): Promise<string>;
  /** Checks that a signature over a file is by one of these signers. A wrong one is a verdict, not an error. */
  verify(
    file: string,
    facts: {
      purpose: SignaturePurpose;
      signature: string;
      signers: string;
      /**
       * The content of the file when it was read, for a medium that may change under us. Programs other than ssh read
       * the file.
       */
      content?: string | undefined;
      /** A KRL of ssh-keygen: its keys' signatures never count. */
      revoked?: string | undefined;
    },
  ): Promise<SignatureVerdict>;
}

export interface SignerOptions {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Paths in the settings are relative to this folder. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** The signer that settings describe. ssh verifies without any settings. */
export function signerBy(settings: SigningSettings, options: SignerOptions): Signer {
  return settings.with === 'ssh' ? sshSigner(settings.key, options) : programSigner(settings, options);
}

/** The signature over a text that is not a file yet, before it is written to a medium, where nothing can be signed. */
export async function signatureOver(
  text: string,
  name: string,
  { signer, purpose }: { signer: Signer; purpose: SignaturePurpose },
): Promise<Buffer> {
  return withPrivateFolder('sign', async (folder) => {
    const file = below(folder, name);
    await writeFileAtomically(file, text);
    return contentOf(await signer.sign(file.path, { purpose, shown: name }));
  });
}

const limits = { timeoutMs: 120_000, outputLimit: 64 * 1024 };

/** `ssh-keygen -Y` (OpenSSH 8.2 and later). The key may be a private one, or a public one whose other half an agent has. */
function sshSigner(key: string | undefined, { env, folder, signal }: SignerOptions): Signer {
  const run = (args: readonly string[], input?: Uint8Array) =>
    runProgram('ssh-keygen', args, {
      env,
      ...limits,
      signal,
      input,
    });
  return {
    name: 'ssh',
    async sign(file, { purpose, shown = file }) {
      if (key === undefined)
        throw signingFailed({ file: shown, signer: 'ssh', why: '`signing` in seqmirror.yaml has no key', said: '' });
      const signature = `${file}.sig`;
      // ssh-keygen asks before it overwrites a file.
      await removeFile(below(readableRoot(dirname(file)), signature));
      const { exitCode, stderr } = await run(['-Y', 'sign', '-f', pathFrom(folder, key), '-n', purpose, file]);
      if (exitCode !== 0)
        throw signingFailed({ file: shown, signer: 'ssh', why: `it ended with exit code ${exitCode}`, said: stderr });
      return signature;
    },
    async verify(file, { purpose, signature, signers, revoked, content: text }) {
      const content = text === undefined ? await contentOf(file) : Buffer.from(text);
      const found = await run(['-Y', 'find-principals', '-s', signature, '-f', signers]);
      const names = found.exitCode === 0 ? found.stdout.split('\n').filter((name) => name !== '') : [];
      for (const name of names.slice(0, 20)) {
        const args = ['-Y', 'verify', '-f', signers, '-I', name, '-n', purpose, '-s', signature];
        const { exitCode, stdout } = await run(args, content);
        if (exitCode !== 0) continue;
        // ssh-keygen does not say why it refuses, so it runs once without the revoked keys and once with them.
        const isRevoked = revoked !== undefined && (await run([...args, '-r', revoked], content)).exitCode !== 0;
        if (isRevoked) return { sound: false, why: `it was made with the key of ${name}, which ${revoked} revokes` };
        return { sound: true, by: name, key: / key (SHA256:\S+)\s*$/.exec(stdout)?.[1] ?? name };
      }
      return { sound: false, why: whyNot(names[0], found.stderr) };
    },
  };
}

function whyNot(name: string | undefined, said: string): string {
  if (name !== undefined) return `it was made with the key of ${name}, but for other content or another purpose`;
  return said.includes('key has expired')
    ? 'its key has expired (valid-before)'
    : 'its key is not in the list of accepted keys';
}

/** A program that is configured by command lines. */
function programSigner({ with: name, key, sign = [], verify = [] }: SigningSettings, options: SignerOptions): Signer {
  const { env, signal } = options;
  const run = async (
    setting: 'signing.sign' | 'signing.verify',
    command: readonly string[],
    paths: Readonly<Record<string, string>>,
  ) => {
    const [program = '', ...args] = command.map((word) =>
      word.replace(/\{(file|signature|key|signers)\}/g, (mark, which: string) => paths[which] ?? mark),
    );
    requireCommandAllowed(program, { setting, env });
    return runProgram(program, args, { env, ...limits, signal });
  };
  return {
    name,
    async sign(file, { shown = file }) {
      const signature = `${file}.sig`;
      await removeFile(below(readableRoot(dirname(file)), signature));
      const { exitCode, stderr } = await run('signing.sign', sign, {
        file,
        signature,
        ...(key === undefined ? {} : { key }),
      });
      if (exitCode !== 0)
        throw signingFailed({ file: shown, signer: name, why: `it ended with exit code ${exitCode}`, said: stderr });
      await contentOf(signature).catch((cause: unknown) => {
        throw signingFailed({
          file: shown,
          signer: name,
          why: `it did not write the file ${signature}`,
          said: '',
          cause,
        });
      });
      return signature;
    },
    async verify(file, { signature, signers }) {
      const { exitCode } = await run('signing.verify', verify, {
        file,
        signature,
        signers,
        ...(key === undefined ? {} : { key }),
      });
      return exitCode === 0
        ? { sound: true, by: name, key: name }
        : { sound: false, why: `${name} refused it (exit code ${exitCode})` };
    },
  };
}

function pathFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

/** Reads what is signed, which may be a bundle's SHA256SUMS, or a signature. */
function contentOf(path: string): Promise<Buffer> {
  return readBytes(below(readableRoot(dirname(path)), path), { limit: recordLimits.sums });
}
