import { unlockMirror } from '../../api';
import { printable } from '../../system/printable';
import { executorOf, locationOf } from '../run-executor';

export interface UnlockExecutorOptions {
  readonly gone?: string | undefined;
}

export default executorOf<UnlockExecutorOptions>(async ({ gone }, run) => {
  const outcome = await unlockMirror({ location: locationOf(run), gone, now: run.now() });
  if (outcome.kind === 'was-free') run.print('The mirror is not locked.');
  else {
    const { holder } = outcome;
    const whose =
      holder === undefined
        ? 'a lock that says nothing'
        : `process ${holder.process.pid} on ${printable(holder.host)} (${printable(holder.purpose)})`;
    run.print(`Unlocked: ${whose} is over.`);
  }
  return true;
});
