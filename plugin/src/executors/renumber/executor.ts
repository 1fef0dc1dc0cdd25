import { renumberSequence } from '../../api';
import { executorOf, locationOf } from '../run-executor';

export interface RenumberExecutorOptions {
  readonly folder: string;
  readonly dryRun?: boolean | undefined;
}

export default executorOf<RenumberExecutorOptions>(async ({ folder, dryRun = false }, run) => {
  const location = locationOf(run);
  const { from, to, sealed, next, done } = await renumberSequence({ ...run, location, folder, dryRun });
  run.print(
    [
      done
        ? `${from} is now ${to}${sealed ? ', sealed at its new place; its archives are the same' : ''}`
        : `${from} would become ${to}${sealed ? ', with a new seal and the same archives' : ''}`,
      next === undefined
        ? `Next: commit content/, then nx run ${location.name}:list`
        : `Next: ${next} claims that number too; nx run ${location.name}:renumber --folder=${next}`,
    ].join('\n'),
  );
  return true;
});
