/**
 * Renders a chart by the user's helm, with the chart's own values: `helm template`. helm gets nothing of our
 * environment, folders of its own, no plugins, no cluster and no reason to use the network; and all its arguments
 * except the path are ours.
 */
import { join } from 'node:path';
import { makeFolder } from '../system/change-folder';
import type { Position } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import { runProgram } from '../system/process';
import { chartNotRendered } from './errors';

export interface HelmRun {
  readonly program: string;
  /** For helm's own files. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Milliseconds; templates can loop. */
  readonly timeoutMs?: number | undefined;
  /** Characters. */
  readonly outputLimit?: number | undefined;
}

/**
 * @param chart.path absolute, a folder or a packed chart
 * @returns manifests, and custom resource definitions before them, separated by `---` lines. Hooks are left out, as
 *   oc-mirror leaves them out
 * @throws SEQ0464 when helm refuses, takes too long or writes too much
 */
export async function renderChart(
  chart: { readonly path: string; readonly label: string; readonly at: Position },
  { program, folder, signal, timeoutMs = 300_000, outputLimit = 64 * 1024 ** 2 }: HelmRun,
): Promise<string> {
  const { at, label } = chart;
  const home = join(folder, 'helm');
  await makeFolder(inPrivateFolder(home));
  const args = ['template', 'release-name', chart.path, '--no-hooks', '--include-crds'];
  const env = environmentIn(home);
  const result = await runProgram(program, args, { cwd: home, env, signal, timeoutMs, outputLimit });
  if (result.exitCode === 0 && result.stdout.length < outputLimit) return result.stdout;
  const said = result.stderr.split('\n').filter((line) => line.trim() !== '');
  if (result.stdout.length >= outputLimit)
    throw chartNotRendered({ at, chart: label, why: `helm wrote more than ${outputLimit} characters` });
  const why =
    result.exitCode === undefined
      ? `helm did not end within ${timeoutMs / 1000} seconds, or was stopped (${result.signal ?? 'no signal'})`
      : `helm ended with exit code ${result.exitCode}`;
  throw chartNotRendered({ at, chart: label, why, said });
}

function environmentIn(home: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    TMPDIR: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
    HELM_NO_PLUGINS: '1',
    // It must not exist: even an empty file makes helm warn.
    KUBECONFIG: join(home, 'kubeconfig'),
  };
}
