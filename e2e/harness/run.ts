import { spawn } from 'node:child_process';

export interface Outcome {
  /** 0, or what the program ended with; 130 is how Nx says that tasks were skipped. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a program to its end, without blocking: an upstream may be answering it from this very process. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '', output: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        text[stream] += chunk;
        text.output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${program} was ended by ${signal}:\n${text.output}`));
      else resolve({ code, ...text });
    });
  });
}

/** The same for programs that are not what is tested. */
export async function mustRun(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const outcome = await run(program, args, options);
  if (outcome.code !== 0) {
    throw new Error(`${[program, ...args].join(' ')} ended with ${outcome.code}:\n${outcome.output}`);
  }
  return outcome;
}

/** npm asks its registry for nothing that it has already, nor for news; whoever starts it, `nx add` for one. */
const quickNpm = {
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/**
 * This process's environment without what npm, Jest, Nx and a CI put there for it: Nx would take a run from a run for a
 * loop, and seqmirror does not mirror where CI is set.
 */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:CI$|NX_|npm_(?!config_)|JEST_|NODE_ENV$|NODE_OPTIONS$|SEQMIRROR_|FORCE_COLOR$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...quickNpm };
}
