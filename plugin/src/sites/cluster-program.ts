/** kubectl or oc, whichever is on PATH: applies resources to the cluster that its kubeconfig names. Never through a shell. */
import type { ApplyStep } from '../cluster-resources/apply-order';
import { findProgram } from '../system/find-program';
import { printable } from '../system/printable';
import { runProgram } from '../system/process';
import { noClusterProgram, stepFailed } from './errors';

export interface ClusterAccess {
  /** An absolute path. */
  readonly program: string;
  readonly context: string | undefined;
}

const programs = ['oc', 'kubectl'] as const;

// These come with operators, and not every cluster has them.
const kindsOfOperators = ['ClusterCatalog', 'UpdateService'];

/** @throws SEQ0663 if neither is on PATH */
export async function clusterProgram({
  env,
  context,
}: {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly context: string | undefined;
}): Promise<ClusterAccess> {
  for (const name of programs) {
    const program = await findProgram(name, env);
    if (program !== undefined) return { program, context };
  }
  throw noClusterProgram();
}

/**
 * Applies the texts of one step from standard input.
 *
 * @returns the kinds that the cluster does not know, if it need not know them
 * @throws SEQ0664 with the words of the program
 */
export async function applyInCluster(
  { program, context }: ClusterAccess,
  input: string,
  facts: {
    readonly index: number;
    readonly steps: readonly ApplyStep[];
    readonly project: string;
    readonly env: Readonly<NodeJS.ProcessEnv>;
    readonly signal: AbortSignal;
  },
): Promise<string[]> {
  const { index, steps, project, env, signal } = facts;
  const args = ['apply', '--server-side', ...(context === undefined ? [] : [`--context=${context}`]), '-f', '-'];
  const { exitCode, stderr } = await runProgram(program, args, { env, signal, input });
  if (exitCode === 0) return [];
  const unknown = kindsOfOperators.filter((kind) => stderr.includes(`no matches for kind "${kind}"`));
  const lines = stderr
    .split('\n')
    .map((line) => printable(line.trim(), { limit: 300 }))
    .filter((line) => line !== '');
  const isOnlyUnknown = unknown.length > 0 && lines.every((line) => /no matches for kind|ensure CRDs/.test(line));
  if (isOnlyUnknown) return unknown;
  throw stepFailed({
    ...{ index, project, context, said: lines.slice(-mostLines) },
    files: steps[index]?.files ?? [],
    done: steps.slice(0, index).flatMap(({ files }) => files),
    isConflict: /conflict/i.test(stderr),
  });
}

const mostLines = 10;
