import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { newFolder } from '../../../testing/worlds/folders';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { answerCommandLine } from './program';

let upstream: Lab;
let world: World;
beforeAll(async () => {
  upstream = await startUpstream();
  world = await aSealedMirror(upstream, { 'seq1-baseline': [ubi], 'seq2-add-app': [ubi, app] });
  await world.write('nx.json', '{}');
  await world.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\n');
  process.env['SEQMIRROR_DATA_DIR'] = join(world.data, '..');
});
afterAll(async () => {
  delete process.env['SEQMIRROR_DATA_DIR'];
  await world?.remove();
  await upstream?.stop();
});

/** What the program prints and its exit code. Executors write to the process itself. */
async function seqmirror(args: readonly string[], { cwd = world.root } = {}) {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  const before = process.cwd();
  try {
    const code = await answerCommandLine({
      ...{ args, cwd, columns: 80 },
      stdout: (text) => (printed.stdout += text),
      stderr: (text) => (printed.stderr += text),
    });
    return { code, ...printed };
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
}

describe('seqmirror', () => {
  it('prints one JSON document and nothing else for --json', async () => {
    const { code, stdout, stderr } = await seqmirror(['list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'seqmirror/list/v1',
      sequences: [{ folder: 'seq1-baseline' }, { folder: 'seq2-add-app' }],
    });
  });

  it('breaks no line of a text that other programs read', async () => {
    const { COLUMNS } = process.env;
    process.env['COLUMNS'] = '40';
    try {
      const { code, stdout } = await seqmirror(['metrics']);
      expect(code).toBe(0);
      expect(stdout.split('\n').filter((line) => !/^(?:# (?:HELP|TYPE) |seqmirror_\w+\{|$)/.test(line))).toEqual([]);
      const comment = (await seqmirror(['diff', '--format=markdown'])).stdout;
      expect(comment).toContain('| kind | new | new bytes | shared | shared bytes | dropped | dropped bytes |\n');
      expect(comment).toContain('according to the records of the chain. Nothing was downloaded or written\n');
    } finally {
      process.env['COLUMNS'] = COLUMNS;
    }
  });

  it('writes a report into any folder, prints it as JSON, and writes none of records that are broken', async () => {
    const mine = await world.copy();
    const output = newFolder('report');
    const report = (...options: string[]) =>
      seqmirror(['report', `--output=${output}`, ...options], { cwd: mine.root });
    expect(await report()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^SEQ0610 mirror\/sites\/bravo/) });
    expect(await readdir(output)).toEqual([]);
    await mine.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
    expect((await seqmirror(['report', '--output='], { cwd: mine.root })).stderr).toMatch(/^SEQ0179 /);
    const { code, stdout } = await report('--all');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Next: open ${output}/index.html in a browser`)]);
    expect(await readFile(join(output, 'index.html'), 'utf8')).toContain('seq2-add-app');
    const printed = (await report('--json')).stdout;
    expect(JSON.parse(printed)).toMatchObject({
      schema: 'seqmirror/report/v1',
      sequences: [{ number: 1 }, { number: 2 }],
    });
    expect(await readFile(join(output, 'report.json'), 'utf8')).toBe(printed);
    await rm(output, { recursive: true });
    await mine.remove();
  });

  it('works on the mirror that --mirror names, that it is called in, or that is the only one', async () => {
    const [only] = [(await seqmirror(['list'])).stdout];
    expect(only).toContain('add-app');
    expect((await seqmirror(['list', '--mirror=mirror'])).stdout).toBe(only);
    expect((await seqmirror(['list'], { cwd: join(world.root, 'mirror/content') })).stdout).toBe(only);
    const { code, stderr } = await seqmirror(['list', '--mirror=other']);
    expect({ code, stderr }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "stderr": "SEQ0176 This workspace has no mirror \`other\`
        Why:   The only mirror of this workspace is mirror
        Next:  Add \`--mirror=mirror\`, or change to the folder of the mirror
      ",
      }
    `);
  });

  it('validates a sequence by its number, its folder, or as the latest, and shows in its exit code what it found', async () => {
    const { code, stdout, stderr } = await seqmirror(['validate', 'seq2', '--quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('seq2-add-app');
    expect(stdout).toContain('PROVEN');
    expect((await seqmirror(['validate', 'latest', '--depth=quick'])).stdout).toContain('seq2-add-app');
    const broken = await world.copy();
    await broken.write('mirror/content/seq2-add-app/SHA256SUMS', 'not sums\n');
    await broken.write('nx.json', '{}');
    expect((await seqmirror(['validate', 'seq2', '--depth=quick'], { cwd: broken.root })).code).toBe(1);
    await broken.remove();
  });

  it('names what a command can be given', async () => {
    const unknown = await seqmirror(['validate', 'seq7']);
    expect([unknown.code, unknown.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "SEQ0177 \`seqmirror validate\` is not possible for \`seq7\`
        Why:   In mirror, the command is possible for seq1, seq2
        Next:  Run for example \`seqmirror validate seq2\`
      ",
      ]
    `);
    const missing = await seqmirror(['void']);
    expect([missing.code, missing.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "SEQ0177 \`seqmirror void\` needs the name of a sequence or a site
        Why:   In mirror, the command is possible for seq1, seq2
        Next:  Run for example \`seqmirror void seq2\`
      ",
      ]
    `);
    expect((await seqmirror(['completion', 'words', '--', 'bundle', ''])).stdout).toBe('seq1\nseq2\nbravo\n');
  });

  it('says in a new mirror that it has no sites, and the command for one', async () => {
    const cwd = newFolder('new-mirror');
    await mkdir(join(cwd, 'mirror'), { recursive: true });
    await writeFile(join(cwd, 'nx.json'), '{}');
    await writeFile(join(cwd, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: new-mirror\n');
    expect(await seqmirror(['status'], { cwd })).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "",
        "stdout": "mirror has no sites yet.
      Next: nx g seqmirror:site bravo --mirror=mirror
      ",
      }
    `);
    await rm(cwd, { recursive: true });
  });

  it('explains an error code, outside a workspace too, and says which codes it does not know', async () => {
    const cwd = newFolder('nowhere');
    const { code, stdout } = await seqmirror(['explain', 'seq0239'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "SEQ0239: A sequence is not sealed yet

      <mirror> has no sealed sequence yet
        Why:   This command works only on sequences that were mirrored and sealed
        Next:  nx g seqmirror:sequence baseline --mirror=<mirror> --from=imageset-config.yaml
               or: nx run <mirror>:seq<planned>

      <folder> is not sealed yet, so there is nothing to validate
        Why:   seqmirror compares archives with the records of their sequence, and writes these records when it mirrors the sequence
        Next:  nx run <mirror>:seq<number>

      The same on the web: https://github.com/seqmirror/seqmirror/blob/main/docs/errors.md#seq0239
      "
    `);
    expect((await seqmirror(['explain', 'SEQ0301'], { cwd })).stdout).toContain(
      '  Next:  Use another copy of the archive, or make the archive again\n',
    );
    expect((await seqmirror(['explain', 'SEQ0101'], { cwd })).stdout).toContain('is not a key of <part of the file>\n');
    const json = await seqmirror(['explain', '239', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'seqmirror/explain/v1', code: 'SEQ0239' });
    const unknown = await seqmirror(['explain', 'SEQ9999'], { cwd });
    expect([unknown.code, unknown.stderr]).toMatchInlineSnapshot(`
      [
        1,
        "SEQ0178 \`SEQ9999\` is not an error code of this version
        Why:   A code is SEQ and four digits, and is at the beginning of a message
        Next:  Copy the code from the message, for example: npx seqmirror explain SEQ0239
        More:  npx seqmirror explain SEQ0178
      ",
      ]
    `);
    expect((await seqmirror(['explain'], { cwd })).stderr).toContain('`seqmirror explain` needs a code');
    expect((await seqmirror(['completion', 'words', '--', 'explain', 'SEQ0239'])).stdout).toBe('SEQ0239\n');
    await rm(cwd, { recursive: true });
  });

  it('works outside a workspace if it needs none, and says so if it needs one', async () => {
    const cwd = newFolder('nowhere');
    const outside = await seqmirror(['list'], { cwd });
    expect([outside.code, outside.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "SEQ0176 This folder is not in an Nx workspace
        Why:   This command works on a mirror of a workspace, but this folder and the
               folders above it have no nx.json
        Next:  Change to the folder of a workspace. You need no workspace for
               \`seqmirror validate --path=<folder>\`
      ",
      ]
    `);
    const empty = await seqmirror(['validate', '--path=.'], { cwd });
    expect({ code: empty.code, stdout: empty.stdout }).toEqual({ code: 1, stdout: '' });
    expect(empty.stderr).toContain('SEQ0237');
    const carried = join(world.root, 'mirror/content/seq1-baseline');
    expect((await seqmirror(['validate', `--path=${carried}`], { cwd })).stdout).toContain('seq1-baseline');
    await rm(cwd, { recursive: true });
    expect((await seqmirror(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('does not take anything in node_modules for a mirror', async () => {
    await mkdir(join(world.root, 'node_modules/other'), { recursive: true });
    await writeFile(join(world.root, 'node_modules/other/seqmirror.yaml'), 'schema: seqmirror/v1\n');
    expect((await seqmirror(['list'])).code).toBe(0);
  });

  it.each(['--help', 'bundle --help', 'help status', 'mirror --help'])('%s fits the terminal', async (typed) => {
    const { code, stdout } = await seqmirror(typed.split(' '));
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: seqmirror');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
