/** Runs a command line of seqmirror-upload.js. Everything about the process is passed in. */
import { jsonDocument } from '../report/json/document';
import type { ProgressPrinter } from '../report/progress-printer';
import { renderBundleUpload } from '../report/text/bundle-upload';
import { renderExplainedCode } from '../report/text/explained-code';
import { isSeqmirrorError } from '../system/errors';
import { fitLines } from '../system/fit-lines';
import { seqmirrorVersion } from '../system/package-version';
import { uploadBundle } from '../upload/upload-bundle';
import { withAdvice } from './advice';
import { helpText, parseCommandLine } from './command-line';
import type { ExitCode } from './exit-codes';
import { exitCodeOf } from './exit-codes';

export interface ProgramRun {
  readonly args: readonly string[];
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** The folder that the program is in. */
  readonly here: string;
  readonly cwd: string;
  /** How wide lines may be. */
  readonly columns: number;
  readonly progress: ProgressPrinter;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export async function runUploader(run: ProgramRun): Promise<ExitCode> {
  const { args, columns, env, progress, signal, now, stdout, stderr } = run;
  try {
    const command = parseCommandLine(args, run);
    if (command.kind === 'help') stdout(helpText(seqmirrorVersion()));
    else if (command.kind === 'explain') stdout(`${renderExplainedCode(command.explained)}\n`);
    else if (command.kind === 'version') stdout(`${seqmirrorVersion()}\n`);
    else {
      const outcome = await uploadBundle({ ...command, env, progress, signal, now });
      progress.stop();
      stdout(
        `${command.json ? jsonDocument('bundle-upload', outcome) : fitLines(renderBundleUpload(outcome), columns)}\n`,
      );
    }
    return 0;
  } catch (error) {
    progress.stop();
    if (signal.aborted) {
      stderr('Interrupted. The registry keeps what was uploaded. Run the same command again to continue.\n');
      return 130;
    }
    if (isSeqmirrorError(error)) {
      stderr(`${fitLines(withAdvice(error), columns)}\n`);
      return exitCodeOf(error.code);
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr(`seqmirror-upload.js: unexpected error (a bug in seqmirror, please report it):\n${text}\n`);
    return 1;
  } finally {
    progress.stop();
  }
}
