/**
 * Runs every command that an output names after `Next:`, as a person would who follows only the output. Placeholders
 * such as `<folder>` are filled in; each command must succeed.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { mustRun } from '../harness/run';
import { configOf, preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(15 * 60_000);

describe('what outputs name after Next:', () => {
  let upstream: Lab;
  let there: Lab;
  let workspace: Workspace;
  let disks = 0;
  /** Named, and not run yet. */
  const waiting: string[] = [];
  const ran = new Set<string>();
  const away = (name: string) => join(workspace.root, '..', name);

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    there = await startLab({ images: [] });
    workspace = await preparedWorkspace(upstream, 'mirror');
    await workspace.write('isc.yaml', configOf(1));
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), there?.stop()]);
    await removeWorkspaces();
  });

  /** Runs Nx, and keeps in mind what the output says to do next. */
  async function nx(...args: readonly string[]): Promise<string> {
    const { output } = await workspace.nxWorks(...args);
    for (const command of commandsAfterNext(output)) if (!ran.has(command)) waiting.push(command);
    return output;
  }

  /** Runs everything that the output says, and then what that output says, until nothing new comes. */
  async function doWhatIsSaid(): Promise<void> {
    for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
      if (ran.has(command)) continue;
      ran.add(command);
      await workspace.git('add', '--all');
      await workspace.git('commit', '--quiet', '--allow-empty', '--message=As Next: says');
      const words: string[] = [];
      for (const word of command.split(' ').slice(1)) words.push(await filledIn(word));
      await nx(...words);
    }
  }

  async function filledIn(word: string): Promise<string> {
    const [placeholder] = /<[^>]+>/.exec(word) ?? [];
    if (placeholder === undefined) return word;
    const value = {
      '<imageset-config.yaml>': () => Promise.resolve('isc.yaml'),
      '<folder>': () => Promise.resolve(away(`disk${(disks += 1)}`)),
      '<file>': receiptOfNewestDisk,
    }[placeholder];
    if (value === undefined) throw new Error(`${word}: no person would know what ${placeholder} stands for`);
    return word.replace(placeholder, await value());
  }

  async function receiptOfNewestDisk(): Promise<string> {
    await mkdir(away('site'), { recursive: true });
    const env = { PATH: process.env['PATH'], HOME: away('site'), SEQMIRROR_SITE_DIR: away('site') };
    const upload = ['seq-upload.sh', there.host, '--dest-tls-verify=false', '--engine=enclosed'];
    await mustRun('sh', upload, { cwd: away(`disk${disks}`), env });
    const receipts = (await readdir(away('site/receipts'))).filter((name) => name.endsWith('.receipt')).sort();
    return join(away('site/receipts'), receipts.at(-1) ?? '');
  }

  it('works from an empty mirror to one that is sealed and proven', async () => {
    await nx('run', 'mirror:list');
    await doWhatIsSaid();
    await nx('run', 'mirror:list');
    await doWhatIsSaid();
    await nx('run', 'mirror:validate');
    expect([...ran]).toEqual([
      'nx g seqmirror:sequence baseline --from=<imageset-config.yaml>',
      'nx run mirror:seq1',
      'nx run mirror:list',
    ]);
  });

  it('works for a site, from its first look to the receipt', async () => {
    await nx('g', 'seqmirror:site', 'bravo');
    await doWhatIsSaid();
    expect(await nx('run', 'mirror:status')).toMatch(/bravo +seq1 +attested/);
    expect([...ran]).toEqual(expect.arrayContaining(['nx run mirror-site-bravo:bundle --output=<folder>']));
    expect([...ran].some((command) => command.includes(':acknowledge --receipt='))).toBe(true);
  });

  it('works for a plan, after a rollback, and after a sequence was made void', async () => {
    ran.clear();
    await nx('run', 'mirror-seq1:bundle', '--plan', '--site=bravo', '--fresh');
    await nx('run', 'mirror-site-bravo:rollback', '--wiped');
    await rm(away('site'), { recursive: true });
    await doWhatIsSaid();
    expect([...ran]).toEqual(expect.arrayContaining(['nx run mirror-site-bravo:bundle --output=<folder>']));
    await workspace.nxWorks('g', 'seqmirror:sequence', 'add-tool');
    await workspace.write('mirror/content/seq2-add-tool/imageset-config.yaml', configOf(2));
    await nx('run', 'mirror:seq2');
    ran.clear();
    await nx('run', 'mirror-seq2:void');
    await doWhatIsSaid();
    expect([...ran]).toContain('nx run mirror:seq2');
  });
});

/** `nx run mirror:list` and the like, out of whatever stands around it on a line that begins with Next. */
function commandsAfterNext(output: string): string[] {
  const lines = output.split('\n').filter((line) => /\bNext\b[^:]*:/.test(line));
  return lines.flatMap((line) =>
    [
      ...line
        .replace(/^.*?\bNext\b[^:]*:/, '')
        .matchAll(/\bnx (?:run|g) [^`;,]+?(?=[`;,)]|\.(?:\s|$)|$| says| then )/g),
    ].map(([command]) => command.trim()),
  );
}
