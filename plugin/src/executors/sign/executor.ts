import { signChain } from '../../api';
import { executorOf, locationOf } from '../run-executor';

export default executorOf<Record<string, never>>(async (_options, run) => {
  const { file, head } = await signChain({ ...run, location: locationOf(run) });
  run.print(`${file} is signed, up to ${head}. Next: commit it and ${file}.sig`);
  return true;
});
