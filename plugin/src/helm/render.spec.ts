import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderChart } from './render';

const at = { file: 'imageset-config.yaml', line: 5, column: 9 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-render-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Renders with a helm that runs this shell script. */
async function renderBy(script: string, limits: { timeoutMs?: number; outputLimit?: number } = {}): Promise<string> {
  const program = join(folder, 'program');
  await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const { signal } = new AbortController();
  return renderChart({ path: join(folder, 'app'), label: 'app', at }, { program, folder, signal, ...limits });
}

describe('renderChart', () => {
  it('returns what helm writes', async () => {
    expect(await renderBy('echo "---"')).toBe('---\n');
  });

  it("reports helm's message when it refuses", async () => {
    await expect(renderBy('echo "Error: no such template" >&2; exit 3')).rejects.toMatchObject({
      code: 'SEQ0464',
      at,
      why: 'helm ended with exit code 3',
      details: ['Error: no such template'],
    });
  });

  it('ends if a template loops, or writes without end', async () => {
    await expect(renderBy('while :; do :; done', { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'SEQ0464',
      why: expect.stringContaining('helm did not end within 0.5 seconds'),
    });
    await expect(renderBy('while :; do echo aaaa; done', { outputLimit: 1000 })).rejects.toMatchObject({
      code: 'SEQ0464',
      why: 'helm wrote more than 1000 characters',
    });
  });
});
