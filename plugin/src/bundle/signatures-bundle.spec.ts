import { execFile } from 'node:child_process';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled, sha256sum } from '../../../testing/worlds/bundling';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream } from '../../../testing/worlds/world';

jest.setTimeout(120_000);
const run = promisify(execFile);

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

  it('has a statement of what it is and what for, signed for bundles only', async () => {
    await settings('signing:\n  with: ssh\n  key: ../key\n');
    await bundled(world, 'seq1-baseline', { output: join(world.root, 'stated') });
    const at = (name: string) => join(world.root, 'stated', name);
    const text = await readFile(at('bundle-statement.env'), 'utf8');
    const { stdout: sums } = await run('sha256sum', [at('SHA256SUMS')]);
    expect(text.replace(/^seal=.*/m, 'seal=…').replace(sums.slice(0, 64), 'of SHA256SUMS')).toMatchInlineSnapshot(`
      "purpose=bundle
      mirror=test
      transfer=seq1-baseline
      number=0
      head=seq1
      head_number=1
      seal=…
      sites=
      made=2026-11-24T07:00:00Z
      sums=sha256:of SHA256SUMS
      "
    `);
    expect(await readFile(at('bundle.env'), 'utf8')).toContain('\nstatement=bundle-statement.env\n');
    const verified = (purpose: string) =>
      run('sh', ['-c', 'exec ssh-keygen -Y verify -f "$1" -I us -n "$2" -s "$3.sig" <"$3"', 'sh', join(world.root, 'signers'), purpose, at('bundle-statement.env')]); // prettier-ignore
    expect((await verified('seqmirror-bundle')).stdout).toContain('Good "seqmirror-bundle" signature for us');
    await expect(verified('seqmirror-chain')).rejects.toThrow();
  });

  it('is signed again if it is whole but its signature is missing, and only then', async () => {
    await settings('signing:\n  with: ssh\n  key: ../key\n');
    const signature = join(world.root, 'stated/bundle-statement.env.sig');
    await writeFile(`${signature}.2`, 'of a second person');
    const before = await stat(signature);
    await bundled(world, 'seq1-baseline', { output: join(world.root, 'stated') });
    expect((await stat(signature)).mtimeMs).toBe(before.mtimeMs);
    expect(await readFile(`${signature}.2`, 'utf8')).toBe('of a second person');
    await rm(signature);
    await bundled(world, 'seq1-baseline', { output: join(world.root, 'stated') });
    expect(await readdir(join(world.root, 'stated'))).toContain('bundle-statement.env.sig');
    expect(await readdir(join(world.root, 'stated'))).not.toContain('bundle-statement.env.sig.2');
  });

  it('is not made if it must be signed and cannot be', async () => {
    await rm(join(world.root, 'mirror/content/chain.lock.sig'), { force: true });
    await settings('requireSignatures: true\n');
    await expect(bundled(world, 'seq1-baseline', { output: join(world.root, 'other') })).rejects.toMatchObject({
      code: 'SEQ0626',
    });
    expect(await readdir(world.root)).not.toContain('other');
  });
});
