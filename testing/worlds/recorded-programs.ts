/** A folder for PATH in which every program records its arguments before it runs. */
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface RecordedPrograms {
  /** For PATH, alone. */
  readonly bin: string;
  /** Adds a program of ours, a shell script; it is recorded too. */
  add(name: string, script: string): Promise<void>;
  /** The programs started since then, by name, with their arguments. */
  started(): Promise<(readonly [program: string, ...args: string[]])[]>;
}

/** @param folder gets `bin` and what is recorded */
export async function recordedPrograms(folder: string): Promise<RecordedPrograms> {
  const [bin, added, record] = ['bin', 'added', 'started'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [bin, added]) await mkdir(made, { recursive: true });
  await writeFile(record, '');
  const wrap = (name: string, real: string) =>
    // One write of less than a page, which no other write can interrupt.
    writeFile(
      join(bin, name),
      `#!/bin/sh\n{ printf '\\036%s' '${name}'; [ $# -eq 0 ] || printf '\\037%s' "$@"; } | /bin/cat >>'${record}'\nexec '${real}' "$@"\n`,
      { mode: 0o755 },
    );
  for (const [name, real] of await programsOf(process.env['PATH'] ?? '')) await wrap(name, real);
  return {
    bin,
    add: async (name, script) => {
      await writeFile(join(added, name), script, { mode: 0o755 });
      await wrap(name, join(added, name));
    },
    started: async () => {
      const [, ...records] = (await readFile(record, 'utf8')).split('\u001e');
      return records.map((each) => each.split('\u001f') as [string, ...string[]]);
    },
  };
}

/** By their names; the first folder that has one counts. */
async function programsOf(path: string): Promise<Map<string, string>> {
  const programs = new Map<string, string>();
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      const file = join(folder, name);
      if (!programs.has(name) && /^[\w.+-]+$/.test(name) && !file.includes("'") && isProgram(file))
        programs.set(name, file);
    }
  }
  return programs;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
