/**
 * Checks many sealed sequences in one process. Nx removes cached tasks from a batch before it starts it, and caches
 * each task's `terminalOutput`, which a hit replays: hashed facts only. Nx does not show that text now; what is printed
 * here is all that people see of the batch.
 */
import type { TaskGraphExecutor } from '@nx/devkit';
import type { MirrorLocation, SequenceCheck } from '../api';
import { checkSequences, sequenceFoldersUpTo } from '../api';
import { renderSequenceChecks } from '../report/text/mirror-outcome';
import { appendTo } from '../system/append-to';
import { environmentOfTask, projectsOf } from './environment';
import type { ExecutorPlace } from './places';
import { sequenceAt } from './places';
import { errorInWords, forPeople } from './run-executor';

interface CheckOptions {
  readonly sequence: string;
  readonly earlier?: boolean | undefined;
}

interface Task {
  readonly id: string;
  readonly folders: readonly string[];
  readonly location: MirrorLocation;
}

type Sealed = Extract<SequenceCheck, { kind: 'already-sealed' }>;
type Results = Record<string, { readonly success: boolean; readonly terminalOutput: string }>;

const checkTogether: TaskGraphExecutor<CheckOptions> = async (graph, inputs, _overrides, context) => {
  const env = await environmentOfTask(context, projectsOf(graph));
  const results: Results = {};
  for (const tasks of await byMirror(inputs, { context, env })) {
    const name = tasks[0]?.location.name ?? '';
    const checked: Sealed[] = [];
    const skipped = new Set<string>();
    for (const { id, checks } of await checksOf(tasks)) {
      const refused = checks.find((check) => check.kind === 'refused');
      // Left out of the results, so that Nx skips it, as it does without batches.
      if (graph.dependencies[id]?.some((before) => skipped.has(before)) === true) skipped.add(id);
      else if (refused === undefined) {
        const sealed = checks as readonly Sealed[];
        checked.push(...sealed);
        results[id] = { success: true, terminalOutput: `${renderSequenceChecks(name, sealed)}\n` };
      } else {
        skipped.add(id);
        results[id] = {
          success: false,
          terminalOutput: forPeople(errorInWords(refused.error, context), process.stderr),
        };
        process.stderr.write(results[id].terminalOutput);
      }
    }
    if (checked.length > 0) process.stdout.write(forPeople(renderSequenceChecks(name, checked)));
  }
  return results;
};

export default checkTogether;

async function byMirror(inputs: Readonly<Record<string, CheckOptions>>, place: ExecutorPlace): Promise<Task[][]> {
  const mirrors = new Map<string, Task[]>();
  for (const [id, { sequence, earlier = false }] of Object.entries(inputs)) {
    const { folder, location } = sequenceAt(sequence, place);
    const folders = earlier ? await foldersUpTo(location, folder) : [folder];
    appendTo(mirrors, location.mirrorRoot, { id, folders, location });
  }
  return [...mirrors.values()];
}

/** If the mirror cannot be read, its checks say why. */
async function foldersUpTo(location: MirrorLocation, folder: string): Promise<readonly string[]> {
  return sequenceFoldersUpTo(location, folder).catch(() => [folder]);
}

async function checksOf(
  tasks: readonly Task[],
): Promise<{ readonly id: string; readonly checks: readonly SequenceCheck[] }[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  try {
    const folders = tasks.flatMap((task) => task.folders);
    const checks = [...(await checkSequences({ location: first.location, folders }))];
    return tasks.map((task) => ({ id: task.id, checks: checks.splice(0, task.folders.length) }));
  } catch (error) {
    // The mirror itself cannot be read, so each of its tasks fails.
    return tasks.map(({ id, folders }) => ({
      id,
      checks: folders.map((folder) => ({ kind: 'refused', folder, error })),
    }));
  }
}
