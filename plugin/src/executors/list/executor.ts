import { listSequences } from '../../api';
import { renderListing } from '../../report/text/listing';
import { executorOf, locationOf } from '../run-executor';

export interface ListExecutorOptions {
  readonly json?: boolean | undefined;
}

export default executorOf<ListExecutorOptions>(async ({ json = false }, run) => {
  const listing = await listSequences(locationOf(run));
  run.print(json ? JSON.stringify({ schema: 'seqmirror/list/v1', ...listing }, null, 2) : renderListing(listing));
  return true;
});
