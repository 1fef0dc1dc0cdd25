import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

describe('the lab as a program', () => {
  it('says how to reach it, and is gone after Ctrl-C', async () => {
    const args = ['-r', '@swc-node/register', join(__dirname, 'main.ts'), '--json', '--auth=token'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { url, folder, env } = JSON.parse(line) as { url: string; folder: string; env: Record<string, string> };
      expect((await fetch(`${url}/v2/`)).status).toBe(401);
      expect(Object.keys(env)).toEqual([
        'CONTAINERS_REGISTRIES_CONF',
        'REGISTRY_AUTH_FILE',
        'UPDATE_URL_OVERRIDE',
        'OCP_SIGNATURE_URL',
        'OCP_SIGNATURE_VERIFICATION_PK',
      ]);
      child.kill('SIGINT');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(existsSync(folder)).toBe(false);
    } finally {
      child.kill('SIGKILL');
    }
  }, 30_000);
});
