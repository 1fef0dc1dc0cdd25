import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, copyFile, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeWith } from '../../testing/lab/requirements';
import { describeWithSmallDisk, smallDisk } from '../../testing/lab/small-disk';
import { carryBundle, carrySequence, names, sumUp } from '../../testing/worlds/carried';
import type { FarSide } from './far-side.fixture';
import { startFarSide } from './far-side.fixture';
import { newKeys, signBundle } from './signed.fixture';
import { exists, shells, where } from './toolbox.fixture';

jest.setTimeout(300_000);

const registry = 'registry.site:8443';
const whole = 'a blob larger than any disc\n'.repeat(50);

for (const { shell, needs } of shells) {
  describeWith(needs, `media under ${shell}`, () => {
    let far: FarSide;
    beforeEach(async () => {
      far = await startFarSide(shell);
    });
    afterEach(() => far.close());

    const disc = (name: string | number) => join(far.media, `disc "${name}"`);
    const spool = async () => {
      const [name = ''] = await readdir(join(far.home, '.seqmirror/platform/spool'));
      return join(far.home, '.seqmirror/platform/spool', name);
    };

    /** Three volumes: an archive, and another in pieces on the other two. */
    async function carryThree(bundle = 'T0007'): Promise<void> {
      const splits = [{ name: 'mirror_000002.tar', whole, parts: 2 }];
      const holds: Record<string, string>[] = [
        { 'archives/mirror_000001.tar': 'first archive\n' },
        { 'parts/mirror_000002.tar.001': whole.slice(0, 1000) },
        { 'parts/mirror_000002.tar.002': whole.slice(1000) },
      ];
      for (const [index, archives] of holds.entries())
        await carryBundle(disc(index + 1), { number: 2, bundle, volume: index + 1, volumes: 3, archives, splits });
    }

    it('are taken in one after another in any order, and uploaded when the last one is there', async () => {
      await carryThree();
      for (const volume of [1, 2, 3]) execFileSync('chmod', ['-R', 'a-w', disc(volume)]);
      expect(await far.script(disc(3), ['ingest'])).toMatchObject({ code: 0, stderr: '' });
      expect((await far.script(disc(3), ['ingest'])).stdout).toContain('Volume 3 is already ingested.');
      const early = await far.script(disc(1), [registry]);
      expect(early.code).toBe(5);
      expect(early.stderr).toContain('this is volume 1 of 3 of T0007; not ingested yet: volume 1, 2\n');
      expect(early.stderr).toContain('--reissue T0007 --volume=<number>');
      expect((await far.script(disc(1), ['ingest'])).stdout).toContain('Not ingested yet: volume 2 of 3');
      expect((await far.script(disc(2), ['ingest'])).stdout).toContain('All volumes of T0007 are ingested.');

      const uploaded = await far.script(disc(2), [registry]);
      expect(uploaded).toMatchObject({ code: 0, stderr: '' });
      expect(uploaded.stdout).toContain(`clean deletes ${await spool()}`);
      const [run] = await far.ocMirror.runs();
      expect(run?.files).toMatchObject({ 'mirror_000001.tar': 'first archive\n', 'mirror_000002.tar': whole });
      expect(Object.keys(run?.files ?? {}).filter((name) => name.includes('.0'))).toEqual([]);
      // The spool is a bundle itself, which another program can check.
      execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: await spool() });
      expect(await far.script(await spool(), [registry, '--again'])).toMatchObject({ code: 0 });
      for (const volume of [1, 2, 3]) execFileSync('chmod', ['-R', 'u+w', disc(volume)]);
    });

    it('of another bundle, or swapped, are not mixed', async () => {
      await carryThree();
      await far.script(disc(1), ['ingest']);
      await rm(disc(2), { recursive: true });
      await carryBundle(disc(2), {
        number: 2,
        bundle: 'T0008',
        volume: 2,
        volumes: 3,
        archives: { 'archives/a': 'x' },
      });
      expect((await far.script(disc(2), ['ingest'])).stdout).toContain('Not ingested yet: volume 1, 3 of 3');
      const other = { number: 2, bundle: 'T0007', volume: 3, volumes: 3, files: { 'chain/chain.lock': '# another\n' } };
      await rm(disc(3), { recursive: true });
      const outcome = await far.script(await carryBundle(disc(3), other), ['ingest']);
      expect(outcome.code).toBe(3);
      expect(outcome.stderr).toMatch(/volumes of T0007 differ in (chain\/chain\.lock|archives\/mirror_000001\.tar)/);
    });

    it('that are damaged are told by the file, and taken in when they are sound', async () => {
      await carryThree();
      const part = join(disc(2), 'parts/mirror_000002.tar.001');
      await copyFile(part, join(far.home, 'sound'));
      await appendFile(part, 'x');
      const outcome = await far.script(disc(2), ['ingest']);
      expect(outcome.code).toBe(3);
      expect(outcome.stderr).toContain('damaged: parts/mirror_000002.tar.001');
      expect(outcome.stderr).toContain('--reissue T0007 --volume=2');
      await copyFile(join(far.home, 'sound'), part);
      for (const volume of [1, 2, 3]) expect(await far.script(disc(volume), ['ingest'])).toMatchObject({ code: 0 });
      expect(await far.script(disc(1), [registry])).toMatchObject({ code: 0 });
    });

    it('that say of themselves that they are all volumes are not believed', async () => {
      await carryThree();
      const env = join(disc(1), 'bundle.env');
      await writeFile(env, (await readFile(env, 'utf8')).replace('volume=1', 'volume=all'));
      await sumUp(disc(1));
      expect((await far.script(disc(1), [registry])).stderr).toContain('this site did not ingest them');
      expect(await far.script(disc(1), ['ingest'])).toMatchObject({ code: 2 });
    });

    it('are taken in to the end after runs that were killed anywhere', async () => {
      await carryThree();
      for (const volume of [1, 2, 3]) {
        for (let wait = 20; ; wait += 60) {
          const [program = '', ...args] = [...(shell === 'busybox sh' ? [where('busybox'), 'sh'] : [where(shell)])];
          const child = spawn(program, [...args, join(disc(volume), 'seq-upload.sh'), 'ingest'], {
            env: { PATH: far.bin, HOME: far.home, TMPDIR: far.home },
            stdio: 'ignore',
            detached: true,
          });
          const ended = once(child, 'exit');
          await Promise.race([ended, setTimeout(wait)]);
          if (child.exitCode !== null) break;
          process.kill(-(child.pid as number), 'SIGKILL');
          await ended;
        }
      }
      const outcome = await far.script(disc(1), [registry]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      const [run] = await far.ocMirror.runs();
      expect(run?.files).toMatchObject({ 'mirror_000001.tar': 'first archive\n', 'mirror_000002.tar': whole });
    });

    it('are uploaded after an upload was interrupted', async () => {
      const folder = await carryBundle(disc(1), { number: 1 });
      // Long enough to be interrupted in the middle.
      await writeFile(join(far.bin, 'oc-mirror'), '#!/bin/sh\necho started\nexec /bin/sleep 60\n', { mode: 0o755 });
      const [program = '', ...args] = shell === 'busybox sh' ? [where('busybox'), 'sh'] : [where(shell)];
      const child = spawn(program, [...args, join(folder, 'seq-upload.sh'), registry], {
        env: { PATH: far.bin, HOME: far.home },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      child.stdout.on('data', (text: Buffer) => (said += text.toString()));
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      while (!said.includes('| started')) await setTimeout(50);
      // Not `exit`: what it said last may not have been read by then.
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const [code] = (await ended) as [number];
      expect(code).toBe(130);
      expect(said).toContain('Interrupted. To continue, run the same command again.');
      const site = join(far.home, '.seqmirror/platform');
      expect([await exists(join(site, 'lock')), await exists(join(site, 'ledger'))]).toEqual([false, false]);
      await writeFile(join(far.bin, 'oc-mirror'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      expect(await far.script(folder, [registry])).toMatchObject({ code: 0, stderr: '' });
    });

    describeWithSmallDisk('a small disk', () => {
      it('stop before a disk is full, and go on when there is space', async () => {
        const disk = smallDisk(2 * 1024 * 1024);
        try {
          const big = 'x'.repeat(1024 * 1024);
          for (const volume of [1, 2]) {
            const archives = { [`archives/mirror_00000${volume}.tar`]: big };
            await carryBundle(disc(volume), { number: 2, volume, volumes: 2, archives });
          }
          const site = ['--site-dir', join(disk.folder, 'site')];
          expect(await far.script(disc(1), ['ingest', ...site])).toMatchObject({ code: 0 });
          disk.fill();
          const outcome = await far.script(disc(2), ['ingest', ...site]);
          expect(outcome.code).toBe(7);
          disk.free();
          expect((await far.script(disc(2), ['ingest', ...site])).output).toMatch(
            /needs 1\.\d MiB more, and [\d.]+ KiB are free/,
          );
          await rm(join(disk.folder, 'site/spool'), { recursive: true });

          // oc-mirror's cache is too small; nothing is started.
          const upload = await far.script(await carryBundle(disc(3), { number: 1 }), [registry, ...site]);
          expect(upload.code).toBe(7);
          expect(upload.stderr).toMatch(/cache needs 64\.1 MiB, and [\d.]+ MiB are free/);
          expect(await far.ocMirror.runs()).toEqual([]);
        } finally {
          disk.remove();
        }
      });
    });

    describeWith(['ssh-keygen'], 'signatures', () => {
      it('count by signatures of this side only', async () => {
        await symlink(where('ssh-keygen'), join(far.bin, 'ssh-keygen'));
        const keys = join(far.home, 'keys');
        await newKeys(keys, ['sender', 'stranger']);
        const sign = (folder: string, key: string) => signBundle(folder, join(keys, key));
        const site = join(far.home, '.seqmirror/platform');
        await mkdir(site, { recursive: true });
        const signers = `sender@upstream namespaces="seqmirror-bundle" ${await readFile(join(keys, 'sender.pub'), 'utf8')}`;

        const folder = await carryBundle(disc(1), { number: 1 });
        // Nobody is configured: what is required can't be had.
        expect(await far.script(folder, ['check', '--require-signature'])).toMatchObject({ code: 4 });
        expect(await far.script(folder, ['check'])).toMatchObject({ code: 0, stderr: '' });
        await writeFile(join(site, 'allowed_signers'), signers);
        expect((await far.script(folder, ['check'])).stderr).toContain('the medium is not signed');
        expect(await far.script(folder, [registry])).toMatchObject({ code: 4 });
        expect(await far.script(folder, [registry, '--require-signature'])).toMatchObject({ code: 4 });
        await sign(folder, 'stranger');
        expect((await far.script(folder, [registry])).stderr).toContain("not one of this side's signers");
        await sign(folder, 'sender');
        const good = await far.script(folder, [registry, '--require-signature']);
        expect(good).toMatchObject({ code: 0, stderr: '' });
        expect(good.stdout).toContain('signature  by sender@upstream');
        // Changed after it was signed, with sums that fit.
        await appendFile(join(folder, 'imageset-config.yaml'), '# x\n');
        await sumUp(folder);
        expect(await far.script(folder, [registry, '--again'])).toMatchObject({ code: 4 });
        // Signers that came with the medium.
        await writeFile(join(folder, 'allowed_signers'), signers);
        const own = await far.script(folder, ['check', `--allowed-signers=${join(folder, 'allowed_signers')}`]);
        expect([own.code, own.stderr]).toEqual([4, expect.stringContaining('is on the medium')]);
        const sequence = await carrySequence(disc(names[1]), { number: 1 });
        const unsigned = await far.script(sequence, ['check', '--require-signature', '--site-dir', site]);
        expect([unsigned.code, unsigned.stderr]).toEqual([4, expect.stringContaining('has no signature')]);
      });
    });

    it.each([
      { name: 'shasum', fake: `#!${process.execPath}\n` },
      { name: 'openssl', fake: `#!${process.execPath}\n` },
    ])('are checked by $name where sha256sum is missing', async ({ name, fake }) => {
      await rm(join(far.bin, 'sha256sum'));
      await rm(join(far.bin, 'busybox'), { force: true });
      const hash = `const text = require('node:fs').readFileSync(0);
        console.log(require('node:crypto').createHash('sha256').update(text).digest('hex') + ' *-');`;
      await writeFile(join(far.bin, name), fake + hash);
      await chmod(join(far.bin, name), 0o755);
      const folder = await carryBundle(disc(1), { number: 1 });
      // busybox runs its own programs without looking for them.
      expect(await far.script(folder, ['check'])).toMatchObject({ code: 0 });
      await appendFile(join(folder, 'README.txt'), 'x');
      expect((await far.script(folder, ['check'])).stderr).toContain('damaged: README.txt');
    });
  });
}
