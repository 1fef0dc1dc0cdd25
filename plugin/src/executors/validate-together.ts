/**
 * The validations of one run in one process: each archive of a mirror is read once, although both the chain and its
 * sequences are validated. What is printed here is all that people see of the batch; each task's result also has its
 * own text.
 */
import type { ExecutorContext, TaskGraph, TaskGraphExecutor } from '@nx/devkit';
import type { ValidationAnswer } from '../api';
import { validateTogether } from '../api';
import type { CommandOptions } from '../commands/options';
import { commandOptions } from '../commands/options';
import { jsonDocument } from '../report/json/document';
import { renderValidation } from '../report/text/validation';
import { appendTo } from '../system/append-to';
import { projectsOf } from './environment';
import type { ExecutorPlace, MirrorPlace } from './places';
import { placeOf } from './places';
import type { ExecutorRun } from './run-executor';
import { errorInWords, forPeople, isJson, tell, withRun } from './run-executor';
import { withTargetNames } from './target-names';
import { lookOf } from './typed-options';

interface Task {
  readonly id: string;
  readonly options: CommandOptions<'validate'>;
  readonly location: MirrorPlace;
  /** `undefined`: the whole chain. */
  readonly folder: string | undefined;
}

interface Result {
  readonly success: boolean;
  readonly terminalOutput: string;
}

const validateBatch: TaskGraphExecutor<object> = (graph, inputs, _overrides, context) => {
  const work = async (run: ExecutorRun): Promise<Record<string, Result>> => {
    const results: Record<string, Result> = {};
    for (const tasks of await askedAlike(graph, inputs, run)) {
      const answers = await answersTo(tasks, run);
      for (const [index, { id, options }] of tasks.entries())
        results[id] = resultOf(answers[index] as ValidationAnswer, options, context);
      print(tasks, answers, { results, context });
      // If a batch returns results, Nx says that it failed and ends with 1; but this one was stopped.
      run.signal.throwIfAborted();
    }
    return results;
  };
  return withRun(context, work, projectsOf(graph));
};
export default validateBatch;

/** Tasks by mirror and by their options, which may differ if a project's configuration sets them. */
async function askedAlike(
  { tasks }: Pick<TaskGraph, 'tasks'>,
  inputs: Readonly<Record<string, object>>,
  { context, env }: ExecutorPlace,
): Promise<Task[][]> {
  const groups = new Map<string, Task[]>();
  for (const [id, typed] of Object.entries(inputs)) {
    const { sequence, ...options } = commandOptions.validate().parse(typed);
    const asked = { context: { ...context, projectName: tasks[id]?.target.project ?? '' }, env };
    const place = await placeOf(sequence, asked);
    appendTo(groups, JSON.stringify([place.location.mirrorRoot, options]), { id, options, ...place });
  }
  return [...groups.values()];
}

async function answersTo(tasks: readonly Task[], run: ExecutorRun): Promise<ValidationAnswer[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  const { location, options } = first;
  try {
    return await validateTogether({ ...run, location, ...lookOf(options), folders: tasks.map(({ folder }) => folder) });
  } catch (error) {
    // The mirror itself cannot be read, or an option is wrong, so each of its tasks fails.
    return tasks.map(() => ({ kind: 'refused', error }));
  }
}

function resultOf(answer: ValidationAnswer, options: object, context: ExecutorContext): Result {
  if (answer.kind === 'refused')
    return { success: false, terminalOutput: forPeople(errorInWords(answer.error, context)) };
  const { validation } = answer;
  const text = isJson(options)
    ? `${jsonDocument('validate', validation)}\n`
    : forPeople(withTargetNames(renderValidation(validation), context.projectsConfigurations));
  return { success: validation.sound, terminalOutput: text };
}

/** Prints nothing twice: the report on a chain covers its sequences, and `--path` is the same for all. */
function print(
  tasks: readonly Task[],
  answers: readonly ValidationAnswer[],
  { results, context }: { readonly results: Readonly<Record<string, Result>>; readonly context: ExecutorContext },
): void {
  const said = tasks.map(({ id, folder, options }, index) => ({
    text: results[id]?.terminalOutput ?? '',
    answer: answers[index],
    // A sample is drawn for each task separately.
    saysAll: folder === undefined && options.sample === undefined && !isJson(options),
  }));
  const ofChain = said.find(({ saysAll, answer }) => saysAll && answer?.kind === 'validated');
  const shown =
    ofChain === undefined ? said : said.filter((each) => each === ofChain || each.answer?.kind === 'refused');
  for (const [text, { answer }] of new Map(shown.map((each) => [each.text, each]))) {
    if (answer?.kind === 'refused') tell(answer.error, context);
    else process.stdout.write(text);
  }
}
