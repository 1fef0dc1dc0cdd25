import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, chown, lstat, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { renumberSequence } from '../chain/renumber-sequence';
import { voidSequence } from '../chain/void-sequence';
import { openMirror } from '../mirror/mirror';
import { reissueSequence } from '../reissue/reissue';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import { provableChain } from './provable-chain';
import { receiptCode } from './receipt/receipt';
import { writeUploadFiles } from './upload-files';
import { uploadScript } from './upload-script/upload-script';

jest.setTimeout(120_000);
const exec = promisify(execFile);
const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};
const names = ['images.txt', 'seq-upload.env', 'seq-upload.sh'];

describe('the files for uploading in the folder of a sealed sequence', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const folder = (name: string, ...rest: string[]) => join(world.root, 'mirror/content', name, ...rest);
  const equip = async () => writeUploadFiles(await openMirror(world.location));
  const contents = async () => new Map([...(await world.files())].filter(([path]) => path.startsWith('mirror/')));
  const here = () => ({ ...run, location: world.location, dryRun: false });
  const found = async (name: string) => (await readdir(folder(name))).filter((file) => names.includes(file)).sort();
  const wrong = async () => {
    const { sequences } = await validate({ ...run, location: world.location, depth: 'deep' });
    return sequences.flatMap(({ findings }) => findings.map(({ code, details }) => [code, details]));
  };

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSealedMirror(upstream, { 'seq1-baseline': [ubi], 'seq2-add-app': [ubi, app] });
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
  });
  afterEach(() => world.remove());

  /** As 0.1.0 sealed them. */
  async function removeThem(...folders: readonly string[]): Promise<void> {
    for (const each of folders) for (const name of names) await rm(folder(each, name), { force: true });
  }

  /** Works while a folder cannot be written to: as another user, if this one is root. */
  async function withoutWriting(path: string, work: () => Promise<void>): Promise<void> {
    if (process.getuid?.() !== 0) {
      await chmod(path, 0o555);
      return work().finally(() => chmod(path, 0o755));
    }
    const nobody = 65534;
    // Together with the data directory beside the workspace.
    await exec('chown', ['-R', `${nobody}`, dirname(world.root)]);
    await chown(path, 0, 0);
    // That user may not be able to read this checkout.
    await uploadScript();
    process.seteuid?.(nobody);
    return work().finally(() => process.seteuid?.(0));
  }

  it('are the same whether they come with sealing or are written later', async () => {
    const before = await contents();
    await removeThem('seq1-baseline', 'seq2-add-app');
    await equip();
    expect(await contents()).toEqual(before);
  });

  it('are written to every sealed sequence, the script can be run, and validate knows them', async () => {
    await removeThem('seq1-baseline', 'seq2-add-app');
    await equip();
    for (const name of ['seq1-baseline', 'seq2-add-app']) {
      expect(await found(name)).toEqual(names);
      expect(await readFile(folder(name, 'seq-upload.sh'), 'utf8')).toBe(await uploadScript());
      expect((await lstat(folder(name, 'seq-upload.sh'))).mode & 0o777).toBe(0o755);
    }
    expect(await wrong()).toEqual([]);
  });

  it('have one script in Git, and the folder of a clone gets its copy with its archives', async () => {
    const kept = join(world.root, 'mirror/content/seq-upload.sh');
    expect(await readFile(kept, 'utf8')).toBe(await uploadScript());
    expect((await lstat(kept)).mode & 0o777).toBe(0o755);
    const archive = folder('seq1-baseline', 'mirror_000001.tar');
    await rename(archive, join(world.root, 'aside.tar'));
    await rm(folder('seq1-baseline', 'seq-upload.sh'));
    await equip();
    expect(await found('seq1-baseline')).toEqual(['images.txt', 'seq-upload.env']);
    expect(await wrong()).toEqual([]);
    await rename(join(world.root, 'aside.tar'), archive);
    await equip();
    expect(await found('seq1-baseline')).toEqual(names);
  });

  it('are as sound in a mirror that earlier releases sealed, which has a script in each folder alone', async () => {
    await rm(join(world.root, 'mirror/content/seq-upload.sh'));
    expect(await wrong()).toEqual([]);
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    await world.seal('seq3-add-tools');
    expect(await world.read('mirror/content/seq-upload.sh')).toBe(await uploadScript());
    expect(await wrong()).toEqual([]);
  });

  it('are reported if the one script was changed, but not if another release wrote it', async () => {
    await appendFile(join(world.root, 'mirror/content/seq-upload.sh'), '# of another release\n');
    const findings = async () =>
      (await validate({ ...run, location: world.location, depth: 'quick' })).findings.map(({ code, at }) => [code, at]);
    expect(await findings()).toEqual([['SEQ0233', { file: 'mirror/content/seq-upload.sh' }]]);
    const script = await world.read('mirror/content/seq-upload.sh');
    const facts = await world.read('mirror/content/seq2-add-app/seq-upload.env');
    const sum = createHash('sha256').update(script).digest('hex');
    await world.write('mirror/content/seq2-add-app/seq-upload.sh', script);
    await world.write(
      'mirror/content/seq2-add-app/seq-upload.env',
      facts.replace(/^script_sha256=.*$/m, `script_sha256=${sum}`),
    );
    expect(await findings()).toEqual([]);
    expect(await wrong()).toEqual([]);
  });

  it('are not changed the second time, nor if another release wrote them', async () => {
    await equip();
    await appendFile(folder('seq1-baseline', 'seq-upload.sh'), '# of another release\n');
    const before = JSON.stringify([...(await world.files())]);
    await equip();
    await equip();
    expect(JSON.stringify([...(await world.files())])).toBe(before);
  });

  it('come with the next sealing to sequences that lack them, but not with a dry run', async () => {
    await removeThem('seq1-baseline', 'seq2-add-app');
    await world.mirror('seq2-add-app', { dryRun: true });
    expect(await found('seq1-baseline')).toEqual([]);
    await world.mirror('seq2-add-app');
    expect(await found('seq1-baseline')).toEqual(names);

    await removeThem('seq1-baseline');
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    await world.seal('seq3-add-tools');
    expect(await found('seq1-baseline')).toEqual(names);
    expect(await found('seq3-add-tools')).toEqual(names);
  });

  it('come with a reissue that finds nothing to do', async () => {
    await removeThem('seq1-baseline');
    await reissueSequence({ ...here(), folder: 'seq1-baseline', from: [], dryRun: true });
    expect(await found('seq1-baseline')).toEqual([]);
    await reissueSequence({ ...here(), folder: 'seq1-baseline', from: [] });
    expect(await found('seq1-baseline')).toEqual(names);
  });

  it('are not written while a record is wrong, which others report', async () => {
    await removeThem('seq1-baseline', 'seq2-add-app');
    await appendFile(folder('seq1-baseline', 'seq-inventory.jsonl'), 'no record\n');
    await equip();
    expect([await found('seq1-baseline'), await found('seq2-add-app')]).toEqual([[], []]);
  });

  it('are not written to a folder without write permission, but to the others', async () => {
    await removeThem('seq1-baseline', 'seq2-add-app');
    await withoutWriting(folder('seq1-baseline'), equip);
    expect([await found('seq1-baseline'), await found('seq2-add-app')]).toEqual([[], names]);
  });

  it('are refused with the reason if something else has their names', async () => {
    await removeThem('seq1-baseline', 'seq2-add-app');
    await mkdir(folder('seq1-baseline', 'images.txt'));
    await expect(equip()).rejects.toMatchObject({ code: 'EISDIR' });
    await mkdir(folder('seq1-baseline', 'seq-upload.env'));
    await expect(equip()).rejects.toMatchObject({ code: 'SEQ0709' });
  });

  it('are removed when the sequence is made void', async () => {
    await equip();
    await voidSequence({ ...here(), folder: 'seq2-add-app' });
    expect(await found('seq2-add-app')).toEqual([]);
    expect(await found('seq1-baseline')).toEqual(names);
  });

  it('are renewed when the sequence is renumbered', async () => {
    const ours = await world.read('mirror/content/chain.lock');
    await world.write('mirror/content/chain.lock', ours.replace(/^2 .*\n/m, ''));
    await rename(folder('seq2-add-app'), join(world.root, 'aside'));
    await world.sequence('seq2-add-tools', [ubi, tools]);
    await world.seal('seq2-add-tools');
    await rename(join(world.root, 'aside'), folder('seq2-add-app'));
    const theirs = /^2 .*\n/m.exec(await world.read('mirror/content/chain.lock'))?.[0] ?? '';
    await world.write('mirror/content/chain.lock', `${ours}${theirs}`);
    await renumberSequence({ ...here(), folder: 'seq2-add-tools' });
    expect(await readdir(join(world.root, 'mirror/content'))).not.toContain('seq2-add-tools');
    const facts = await world.read('mirror/content/seq3-add-tools/seq-upload.env');
    expect(facts).toContain(/^3 \S+ (\S+)$/m.exec(await world.read('mirror/content/chain.lock'))?.[1] ?? 'none');
  });

  it('keep a script that was there before under another name', async () => {
    await removeThem('seq1-baseline');
    await world.write('mirror/content/seq1-baseline/seq-upload.sh', '#!/bin/bash\noc-mirror "$@"\n');
    await equip();
    expect(await readFile(folder('seq1-baseline', 'seq-upload.original.sh'), 'utf8')).toContain('oc-mirror "$@"');
    expect(await found('seq1-baseline')).toEqual(names);
  });

  it('are reported if they were changed', async () => {
    await equip();
    await appendFile(folder('seq2-add-app', 'seq-upload.sh'), 'curl evil\n');
    await rm(folder('seq2-add-app', 'images.txt'));
    expect(await wrong()).toEqual([['SEQ0233', ['seq-upload.sh was changed', 'images.txt is missing']]]);
  });

  describe('in a copy', () => {
    const copy = () => join(world.root, 'disk/seq2-add-app');
    const script = async (...args: string[]) => {
      const far = { PATH: `${join(world.root, 'bin')}:${process.env['PATH']}`, HOME: join(world.root, 'far') };
      return exec('sh', [join(copy(), 'seq-upload.sh'), ...args], { env: far }).then(
        ({ stdout }) => ({ code: 0, text: stdout }),
        (error: { code: number; stdout: string; stderr: string }) => ({
          code: error.code,
          text: `${error.stdout}${error.stderr}`,
        }),
      );
    };
    beforeEach(async () => {
      await equip();
      await exec('mkdir', ['-p', join(world.root, 'disk'), join(world.root, 'far'), join(world.root, 'bin')]);
      await exec('cp', ['-rL', folder('seq2-add-app'), copy()]);
      await world.write(
        'bin/oc-mirror',
        '#!/bin/sh\ncase $* in *version*) echo \'Client Version: version.Info{GitVersion:"4.19.0-202507292137.p0"}\' ;; esac\n',
      );
      await exec('chmod', ['755', join(world.root, 'bin/oc-mirror')]);
    });

    it('know their mirror, and refuse to upload before what the sequence needs', async () => {
      const { code, text } = await script('registry.example.com:5000/ns', '--dry-run');
      expect(text).toContain('seq2-add-app cannot be uploaded yet: it needs seq1');
      expect(text).toContain('.seqmirror/test/cache');
      expect(code).toBe(5);
    });

    it('show what they would do if that is there, in the site folder that bundles use', async () => {
      const [one] = await provableChain(await openMirror(world.location));
      const line = `${one!.entry.seal} 1 seq1-baseline 2026-11-23T08:00:00Z`;
      await world.write('far/.seqmirror/test/ledger', `${line} registry.example.com:5000/ns oc-mirror\n`);
      await world.write('far/.seqmirror/test/cache/seqmirror-imported', `${line}\n`);
      const { code, text } = await script('registry.example.com:5000/ns', '--dry-run');
      expect(text).toMatch(/Would run, in .*\.seqmirror\/test\/work/);
      const command = text.split('\n').slice(text.split('\n').findIndex((line) => line.startsWith('Would run')) + 1);
      const last = command.findIndex((line) => !line.endsWith(' \\'));
      expect(last).toBeGreaterThan(1);
      expect(command[last]).toMatch(/ docker:\/\/registry\.example\.com:5000\/ns$/);
      // Only a word that is longer by itself makes a line longer.
      for (const line of command.slice(0, last + 1)) expect(line.length < 84 || /^ {4}\S+ \\$/.test(line)).toBe(true);
      // The script asks the registry too, which does not exist.
      expect(text).toContain('Stopped: registry.example.com:5000/ns was not reached');
      expect(code).not.toBe(0);
    });

    it('have the list that a receipt is about', async () => {
      const chain = await provableChain(await openMirror(world.location));
      const { verified, entry } = chain[1]!;
      const sums = await exec('sha256sum', [join(copy(), 'images.txt')]);
      expect(`sha256:${sums.stdout.slice(0, 64)}`).toBe(verified);
      expect(receiptCode({ site: 'bravo', seal: entry.seal, bundle: '-', verified, held_in: 'both' })).toMatch(
        /^[0-9A-Z-]{14}$/,
      );
    });

    it('are refused with the facts of another sequence', async () => {
      await exec('cp', [folder('seq1-baseline', 'seq-upload.env'), copy()]);
      const { code, text } = await script('registry.example.com:5000/ns', '--dry-run');
      expect(text).toContain('seq-upload.env and seq-metadata.yaml belong to different sequences');
      expect(code).toBe(3);
    });
  });
});
