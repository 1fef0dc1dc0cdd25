import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import { refusalOf } from '../../../testing/run/refusal';
import { bundle, bundled, sha256sum } from '../../../testing/worlds/bundling';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { renderBundle } from '../report/text/bundle';
import { silentProgress } from '../system/progress';

const exec = promisify(execFile);
const [seq1, seq2] = ['seq1-baseline', 'seq2-add-app'];

describeWith(['xorriso', 'genisoimage'], 'images of volumes', () => {
  let upstream: Lab;
  let world: World;
  const disk = () => join(world.root, 'disk');
  const image = { image: 'iso', media: 'iso:3M' } as const;

  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.stop());
  beforeEach(async () => {
    world = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] });
  });
  afterEach(() => world.remove());

  /** All files of an image, by a program that did not make it: isoinfo, of genisoimage. */
  const unpacked = async (file: string): Promise<string> => {
    const target = join(world.root, 'unpacked');
    await rm(target, { recursive: true, force: true });
    const { stdout } = await exec('isoinfo', ['-i', file, '-R', '-f']);
    for (const path of stdout.trim().split('\n')) {
      const { stdout: content } = await exec('isoinfo', ['-i', file, '-R', '-x', path], {
        encoding: 'buffer',
        maxBuffer: 64 * 1024 ** 2,
      });
      if (content.length === 0) continue;
      await mkdir(dirname(join(target, path)), { recursive: true });
      await writeFile(join(target, path), content);
    }
    return target;
  };

  it('contain every file of each volume, fit on the medium, and are left as they are by a second run', async () => {
    const outcome = await bundled(world, seq2, image);
    expect(outcome.volumes.length).toBeGreaterThan(1);
    for (const { path, image: made } of outcome.volumes) {
      expect(made?.path).toBe(`${path}.iso`);
      expect(made?.bytes).toBeLessThanOrEqual(3_000_000);
    }
    for (const { path, image: made } of outcome.volumes.slice(-1)) {
      const there = await unpacked(made?.path ?? '');
      await sha256sum(there);
      expect((await readdir(there, { recursive: true })).sort()).toEqual(
        (await readdir(path, { recursive: true })).sort(),
      );
    }
    expect(renderBundle(outcome)).toContain(`Image: ${outcome.volumes[0]?.path}.iso (`);
    const before = await Promise.all(outcome.volumes.map(({ image: made }) => readFile(made?.path ?? '')));
    const again = await bundled(world, seq2, image);
    expect(again.volumes.map(({ kept, image: made }) => [kept, made?.kept])).toEqual(before.map(() => [true, true]));
    const after = await Promise.all(again.volumes.map(({ image: made }) => readFile(made?.path ?? '')));
    expect(after.map((content, index) => content.equals(before[index] ?? Buffer.of()))).toEqual(before.map(() => true));
  });

  it('are not made of a volume that another file shadows, and a stopped run leaves no half of one', async () => {
    const abort = new AbortController();
    const progress = {
      ...silentProgress,
      step: (name: string) => {
        if (name === 'image') abort.abort(new Error('stopped'));
      },
    };
    await expect(bundle(world, seq1, { image: 'iso', progress, signal: abort.signal })).rejects.toThrow('stopped');
    const [folder = ''] = await readdir(disk());
    expect(await readdir(disk())).toEqual([folder]);
    await writeFile(join(disk(), `${folder}.iso`), 'somebody else');
    expect((await refusalOf(bundle(world, seq1, { image: 'iso' }))).code).toBe('SEQ0675');
    expect(await readFile(join(disk(), `${folder}.iso`), 'utf8')).toBe('somebody else');
    await rm(join(disk(), `${folder}.iso`));
    expect((await bundled(world, seq1, { image: 'iso' })).volumes[0]?.image?.kept).toBe(false);
  });

  it.each([
    {
      name: 'damages a file',
      script: 'dd if=/dev/zero of="$out" bs=1 seek=400000 count=200 conv=notrunc',
      code: 'SEQ0676',
    },
    { name: 'fails', script: 'echo no luck >&2; exit 5', code: 'SEQ0677' },
  ])('do not get their name from an xorriso that $name', async ({ script, code }) => {
    const programs = join(world.root, 'programs');
    await mkdir(programs);
    const real = programPath('xorriso') ?? '';
    const text = `#!/bin/sh\n"${real}" "$@" || exit\ncase " $* " in *" mkisofs "*) while [ "$1" != -o ]; do shift; done; out=$2; ${script} ;; esac\n`;
    await writeFile(join(programs, 'xorriso'), text);
    await chmod(join(programs, 'xorriso'), 0o755);
    for (const tool of ['dd', 'sh']) await symlink(`/bin/${tool}`, join(programs, tool));
    const location = { ...world.location, env: { ...world.location.env, PATH: programs } };
    expect((await refusalOf(bundle(world, seq1, { image: 'iso', location }))).code).toBe(code);
    expect((await readdir(disk())).filter((name) => !name.startsWith('MIRROR-') || name.endsWith('.iso'))).toEqual([]);
  });

  it('need xorriso, a folder, and space on the medium', async () => {
    const location = { ...world.location, env: { ...world.location.env, PATH: '/nonexistent' } };
    expect((await refusalOf(bundle(world, seq1, { image: 'iso', location }))).code).toBe('SEQ0677');
    expect((await refusalOf(bundle(world, seq1, { image: 'iso', format: 'tar' }))).code).toBe('SEQ0674');
    const tight = (await bundled(world, seq1, { output: join(world.root, 'measured') })).volumes[0]?.bytes ?? 0;
    // A plain number of bytes leaves no space for what an image needs itself.
    expect((await refusalOf(bundle(world, seq1, { image: 'iso', media: String(tight + 150_000) }))).code).toBe(
      'SEQ0677',
    );
  });
});
