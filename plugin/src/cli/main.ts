#!/usr/bin/env node
/** The entry point of `seqmirror` as npm installs it. */
import { constants } from 'node:os';
import { columnsOf } from '../system/fit-lines';
import { exitCodeOfSignal } from './exit-codes';
import { answerCommandLine } from './program';

// The running command stops by itself; only the exit code remains to be set.
let signalled: NodeJS.Signals | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => (signalled ??= signal));
// The reader has seen enough: `seqmirror list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodeOfSignal(constants.signals.SIGPIPE));
});

answerCommandLine({
  args: process.argv.slice(2),
  cwd: process.cwd(),
  columns: columnsOf(process.stdout),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = signalled === undefined ? code : exitCodeOfSignal(constants.signals[signalled]);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
