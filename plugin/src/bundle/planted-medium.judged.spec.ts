/** What lies on a medium before we write to it, or between two runs, is never taken for ours and signed. */
import { execFile } from 'node:child_process';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSignedMirror } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { startUpstream, ubi } from '../../../testing/worlds/world';

const exec = promisify(execFile);
jest.setTimeout(240_000);

describeWith(['ssh-keygen'], 'a medium that somebody had meanwhile', () => {
  let upstream: Lab;
  let world: World;
  const disk = (name: string) => join(world.root, 'disk', name);
  const sum = async (name: string) => (await exec('sha256sum', [disk(name)])).stdout.slice(0, 64);

  beforeEach(async () => {
    upstream = await startUpstream();
    world = await aSignedMirror(upstream, { 'seq1-baseline': [ubi] });
    await bundled(world, 'seq1-baseline');
  });
  afterEach(async () => {
    await world.remove();
    await upstream.stop();
  });

  it('gets no signature on a script that was changed there together with its sums', async () => {
    const own = await readFile(disk('seq-upload.sh'));
    await appendFile(disk('seq-upload.sh'), '# and something else\n');
    const sums = await readFile(disk('SHA256SUMS'), 'utf8');
    await writeFile(disk('SHA256SUMS'), sums.replace(/^\S+(?= .seq-upload\.sh$)/m, await sum('seq-upload.sh')));
    await bundled(world, 'seq1-baseline');
    expect(await readFile(disk('seq-upload.sh'))).toEqual(own);
  });

  it('gets no signature on an archive or script that a planted journal lists as ours', async () => {
    const own = { script: await readFile(disk('seq-upload.sh')), archive: await sum('archives/mirror_000001.tar') };
    const plan = /^plan: (.*)$/m.exec(await readFile(disk('bundle.yaml'), 'utf8'))?.[1]?.replace(/["']/g, '') ?? '';
    const files: Record<string, object> = {};
    for (const name of ['seq-upload.sh', 'archives/mirror_000001.tar']) {
      const content = await readFile(disk(name));
      content[content.length - 600] = (content[content.length - 600] ?? 0) ^ 1;
      await writeFile(disk(name), content);
      files[name] = { bytes: content.length, sha256: await sum(name) };
    }
    await rm(disk('SHA256SUMS'));
    const made = '2026-11-24T07:00:00Z';
    await writeFile(disk('.seqmirror-bundle.json'), JSON.stringify({ plan, made, files }));
    await bundled(world, 'seq1-baseline');
    expect(await readFile(disk('seq-upload.sh'))).toEqual(own.script);
    expect(await sum('archives/mirror_000001.tar')).toBe(own.archive);
  });

  it('is left as it is if it is what we signed', async () => {
    const { volumes } = await bundled(world, 'seq1-baseline');
    expect(volumes.map(({ kept }) => kept)).toEqual([true]);
  });
});
