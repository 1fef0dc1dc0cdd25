import type { TargetConfiguration } from '@nx/devkit';
import { reportFolder } from '../commands/report-folder';
import { intentAndRecords } from './sequence-target';

/**
 * What a target has that only writes files which the records decide. Its inputs are all files that a report is made from,
 * its output is the folder that it is told to write to.
 */
export function reportTarget(mirrorRoot: string): TargetConfiguration {
  const at = belowRoot(mirrorRoot);
  return {
    options: { output: reportFolder(mirrorRoot) },
    cache: true,
    // From the top of the workspace: sequences and sites are projects of their own.
    inputs: [
      // seqmirror.yaml, and the file of signers.
      `{workspaceRoot}/${at('*')}`,
      `{workspaceRoot}/${at('content/chain.lock')}`,
      `{workspaceRoot}/${at('content/chain.lock.sig')}`,
      `{workspaceRoot}/${at('content/chain.lock.sig.2')}`,
      `{workspaceRoot}/${at(`content/seq*/${intentAndRecords}`)}`,
      `{workspaceRoot}/${at('content/seq*/custody.yaml')}`,
      `{workspaceRoot}/${at('sites/*/site.yaml')}`,
      `{workspaceRoot}/${at('sites/*/ledger.yaml')}`,
      `{workspaceRoot}/${at('sites/*/transfers/*.yaml')}`,
      // Otherwise every change of the lockfile would be a miss.
      { externalDependencies: [] },
    ],
    outputs: ['{options.output}'],
  };
}

/** Globs below a mirror's folder. */
export function belowRoot(root: string): (path: string) => string {
  const folder = root === '.' ? '' : `${anyOf(root)}/`;
  return (path) => `${folder}${path}`;
}

/** Characters that mean something in a glob are replaced by one that matches them too. */
function anyOf(path: string): string {
  return path.replace(/[[\]{}()*?!+@|\\]+/g, '*');
}
