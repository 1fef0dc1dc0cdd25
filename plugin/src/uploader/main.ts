/** The entry point of seqmirror-upload.js. `npm run build` makes one file of it and everything that it needs. */
import { progressWithBarOn } from '../report/progress-printer';
import { columnsOf } from '../system/fit-lines';
import { runUploader } from './program';

const abort = new AbortController();
// Only the first Ctrl-C stops in order; a second one ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());

runUploader({
  args: process.argv.slice(2),
  env: process.env,
  here: __dirname,
  cwd: process.cwd(),
  columns: columnsOf(process.stdout),
  // seq-upload.sh reads stderr through a pipe, and gives its own output as file 3.
  progress: progressWithBarOn(3),
  signal: abort.signal,
  now: () => new Date(),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
