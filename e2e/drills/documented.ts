/** The commands that "Recover what was lost" in docs/repair.md tells people to type, and a shell that types them. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, type Outcome } from '../harness/run';
import type { Workspace } from '../harness/workspace';

const page = join(__dirname, '../../docs/repair.md');

/** The sections, each with its blocks of commands in the order of the page. */
export async function documentedDrills(): Promise<ReadonlyMap<string, readonly string[]>> {
  const [, recover = ''] = /^## Recover what was lost\n([^]*?)^## /m.exec(await readFile(page, 'utf8')) ?? [];
  const sections = recover.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block),
    ]),
  );
}

/** @throws Error if the section has another number of blocks, so that no drill leaves one out */
export async function documentedBlocks(heading: string, count: number): Promise<readonly string[]> {
  const blocks = (await documentedDrills()).get(heading);
  if (blocks?.length !== count)
    throw new Error(`docs/repair.md should have ${count} blocks of commands under "${heading}", not ${blocks?.length}`);
  return blocks;
}

export interface Typing {
  readonly workspace: Workspace;
  /** Default: the top of the workspace. */
  readonly cwd?: string;
  /** What a person types for names that the page gives as examples. */
  readonly instead?: Readonly<Record<string, string>>;
  /** What a person does in an editor: shell commands for the file `$1`. */
  readonly edit?: string;
}

/** Types a block as it stands on the page; the first command that fails ends it. HOME is `home` beside the workspace. */
export async function typed(block: string, { workspace, cwd, instead = {}, edit }: Typing): Promise<Outcome> {
  const beside = (name: string): string => join(workspace.root, '..', name);
  await mkdir(beside('home/.ssh'), { recursive: true });
  await mkdir(beside('programs'), { recursive: true });
  const programs = {
    // npx takes a second to find out what it was asked for.
    npx: 'exec "$@"',
    editor: `for file in "$@"; do set -- "$file"; ${edit ?? 'exit 1'}\ndone`,
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(beside('programs'), name), `#!/bin/sh\nset -e\n${script}\n`);
    await chmod(join(beside('programs'), name), 0o755);
  }
  const PATH = [beside('programs'), join(workspace.root, 'node_modules/.bin'), workspace.env['PATH']].join(':');
  const text = Object.entries(instead).reduce((before, [name, value]) => {
    if (!before.includes(name)) throw new Error(`${name} is not in the commands:\n${before}`);
    return before.replaceAll(name, value);
  }, block);
  const env = { ...workspace.env, PATH, HOME: beside('home'), EDITOR: 'editor' };
  return mustRun('sh', ['-ec', text], { cwd: cwd ?? workspace.root, env });
}
