/** The other side of the air gap: a registry that has nothing, and a shell that runs what was carried. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { mustHold } from './failed';

// What the clusters get afterwards takes more lines than all before.
const shown = /^(?!For the cluster| +oc | {4,}[a-z]| +for {2}| +\/)/;

/** Runs the bundle's own script, and gives what it prints. What it remembers of its site is kept in `siteFolder`. */
export async function uploadThere(
  bundle: string,
  { host, siteFolder, signal }: { host: string; siteFolder: string; signal: AbortSignal },
): Promise<string> {
  const args = [host, '--dest-tls-verify=false', '--engine=enclosed'];
  console.log(`   $ ./seq-upload.sh ${args.join(' ')}`);
  const child = spawn('sh', ['seq-upload.sh', ...args], {
    cwd: bundle,
    env: { PATH: process.env['PATH'], HOME: siteFolder, SEQMIRROR_SITE_DIR: siteFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (shown.test(line)) console.log(`   ${line}`);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  mustHold(code === 0, `seq-upload.sh ended with ${code}`);
  return lines.join('\n');
}

/** @throws DemoFailed when a registry has something else under a repository and tag (`ubi9/ubi:9.5`) */
export async function checkThere(url: string, name: string, digest: string): Promise<void> {
  const answer = await fetch(`${url}/v2/${name.replace(':', '/manifests/')}`, { headers: { accept: '*/*' } });
  const found = `sha256:${createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')}`;
  mustHold(found === digest, `${name} is ${found} there (${answer.status}), and ${digest} at its source`);
}
