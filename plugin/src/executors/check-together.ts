/**
 * Checks many sealed sequences in one process. Nx removes cached tasks from a batch before it starts it, and caches
 * each task's `terminalOutput`, which a hit replays: hashed facts only. Nx does not show that text now; what is printed
 * here is all that people see of the batch.
 */
import type { TaskGraphExecutor } from '@nx/devkit';
import type { MirrorLocation, SequenceCheck } from '../api';
import { checkSequences } from '../api';
import { renderMirrorOutcome, renderSequenceChecks } from '../report/text/mirror-outcome';
import { appendTo } from '../system/append-to';
import { environmentOfTask, projectsOf } from './environment';
import type { ExecutorPlace } from './places';
import { sequenceAt } from './places';
import { errorInWords, forPeople } from './run-executor';

interface CheckOptions {
  readonly sequence: string;
}

interface Task {
  readonly id: string;
  readonly folder: string;
  readonly location: MirrorLocation;
}

type Results = Record<string, { readonly success: boolean; readonly terminalOutput: string }>;

const checkTogether: TaskGraphExecutor<CheckOptions> = async (graph, inputs, _overrides, context) => {
  const env = await environmentOfTask(context, projectsOf(graph));
  const results: Results = {};
  for (const tasks of byMirror(inputs, { context, env })) {
    const checked: Extract<SequenceCheck, { kind: 'already-sealed' }>[] = [];
    const skipped = new Set<string>();
    for (const { id, check } of await checksOf(tasks)) {
      // Left out of the results, so that Nx skips it, as it does without batches.
      if (graph.dependencies[id]?.some((before) => skipped.has(before)) === true) skipped.add(id);
      else if (check.kind === 'already-sealed') {
        checked.push(check);
        results[id] = { success: true, terminalOutput: `${renderMirrorOutcome(check)}\n` };
      } else {
        skipped.add(id);
        results[id] = { success: false, terminalOutput: forPeople(errorInWords(check.error, context), process.stderr) };
        process.stderr.write(results[id].terminalOutput);
      }
    }
    const name = tasks[0]?.location.name ?? '';
    if (checked.length > 0) process.stdout.write(forPeople(renderSequenceChecks(name, checked)));
  }
  return results;
};

export default checkTogether;

function byMirror(inputs: Readonly<Record<string, CheckOptions>>, place: ExecutorPlace): Task[][] {
  const mirrors = new Map<string, Task[]>();
  for (const [id, { sequence }] of Object.entries(inputs)) {
    const { folder, location } = sequenceAt(sequence, place);
    appendTo(mirrors, location.mirrorRoot, { id, folder, location });
  }
  return [...mirrors.values()];
}

async function checksOf(tasks: readonly Task[]): Promise<{ readonly id: string; readonly check: SequenceCheck }[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  const folders = tasks.map(({ folder }) => folder);
  try {
    const checks = await checkSequences({ location: first.location, folders });
    return checks.map((check, index) => ({ id: tasks[index]?.id ?? '', check }));
  } catch (error) {
    // The mirror itself cannot be read, so each of its tasks fails.
    return tasks.map(({ id, folder }) => ({ id, check: { kind: 'refused', folder, error } }));
  }
}
