import { execFile } from 'node:child_process';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled, sha256sum } from '../../../testing/worlds/bundling';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream } from '../../../testing/worlds/world';

jest.setTimeout(120_000);

describeWith(['ssh-keygen'], 'a bundle of a mirror that signs', () => {
  let upstream: Lab;
  let world: World;
  const settings = (more: string) =>
    world.write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: test\nengine: embedded\n${more}`);

  beforeAll(async () => {
    upstream = await startUpstream();
    world = await aSealedMirror(upstream, { 'seq1-baseline': [app] });
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(world.root, 'key')]);
    await writeFile(join(world.root, 'signers'), `us ${await readFile(join(world.root, 'key.pub'), 'utf8')}`);
  });
  afterAll(async () => {
    await world.remove();
    await upstream.stop();
  });

  it('has its SHA256SUMS signed, so that ssh-keygen on the far side verifies it', async () => {
    await settings('signing:\n  with: ssh\n  key: ../key\n');
    await bundled(world, 'seq1-baseline');
    const disk = join(world.root, 'disk');
    await sha256sum(disk);
    const verifying = promisify(execFile)('ssh-keygen', [
      ...['-Y', 'verify', '-f', join(world.root, 'signers'), '-I', 'us', '-n', 'seqmirror'],
      ...['-s', join(disk, 'SHA256SUMS.sig')],
    ]);
    verifying.child.stdin?.end(await readFile(join(disk, 'SHA256SUMS')));
    expect((await verifying).stdout).toContain('Good "seqmirror" signature for us');
  });

  it('is not made when it must be signed and cannot be', async () => {
    await rm(join(world.root, 'mirror/content/chain.lock.sig'), { force: true });
    await settings('requireSignatures: true\n');
    await expect(bundled(world, 'seq1-baseline', { output: join(world.root, 'other') })).rejects.toMatchObject({
      code: 'SEQ0626',
    });
    expect(await readdir(world.root)).not.toContain('other');
  });
});
