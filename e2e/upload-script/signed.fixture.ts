/** Keys of senders, and bundles signed by them: bundle-statement.env and the signatures beside it, made by ssh-keygen. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Key pairs without passphrases: `<name>` and `<name>.pub` in the folder. */
export async function newKeys(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, name)]);
}

export type StatementFacts = Readonly<Record<string, string | undefined>>;

/** Writes the statement of a bundle and its signature; of a second key beside it. Facts replace what bundle.env says. */
export async function signBundle(
  folder: string,
  key: string,
  {
    facts = {},
    second,
    purpose = 'seqmirror-bundle',
  }: { facts?: StatementFacts; second?: string; purpose?: string } = {},
): Promise<void> {
  const env = await readFile(join(folder, 'bundle.env'), 'utf8');
  const of = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(env)?.[1] ?? '';
  const sums = createHash('sha256')
    .update(await readFile(join(folder, 'SHA256SUMS')))
    .digest('hex');
  const lines: StatementFacts = {
    purpose: 'bundle',
    mirror: of('mirror'),
    transfer: of('bundle'),
    number: String(Number(of('bundle').slice(1))),
    head: `seq${of('number')}`,
    head_number: of('number'),
    seal: of('seal'),
    sites: of('sites'),
    made: '2026-11-24T06:08:52Z',
    sums: `sha256:${sums}`,
    ...facts,
  };
  const file = join(folder, 'bundle-statement.env');
  const text = Object.entries(lines).map(([name, value]) => (value === undefined ? '' : `${name}=${value}\n`));
  await writeFile(file, text.join(''));
  await sign(file, key, purpose);
  if (second === undefined) return;
  await rename(`${file}.sig`, `${file}.first`);
  await sign(file, second, purpose);
  await rename(`${file}.sig`, `${file}.sig.2`);
  await rename(`${file}.first`, `${file}.sig`);
}

/** A detached signature beside the file. */
export async function sign(file: string, key: string, purpose: string): Promise<void> {
  await rm(`${file}.sig`, { force: true });
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', purpose, '-f', key, file], { stdio: 'ignore' });
}
