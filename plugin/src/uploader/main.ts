/** seqmirror-upload.js as it is started. `npm run build` makes one file of it and of all that it needs. */
import { progressOnStderr } from '../report/progress-printer';
import { runUploader } from './program';

const abort = new AbortController();
// Once each: whoever presses Ctrl-C a second time ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());

runUploader({
  args: process.argv.slice(2),
  env: process.env,
  here: __dirname,
  cwd: process.cwd(),
  progress: progressOnStderr(),
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
