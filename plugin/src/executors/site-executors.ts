/** The executors of commands for one site: the use case, and the renderer for its result. */
import { resolve } from 'node:path';
import * as api from '../api';
import { renderAcknowledgement } from '../report/text/acknowledgement';
import { renderApply } from '../report/text/apply';
import { renderCleanup } from '../report/text/cleanup';
import { renderDrift } from '../report/text/drift';
import { renderRegistryRollback } from '../report/text/registry-rollback';
import { renderRollback } from '../report/text/site-status';
import { siteAt } from './places';
import { executorOf } from './run-executor';
import { answerOf, sequenceAtOf, setbackOf } from './typed-options';

export const acknowledge = executorOf('acknowledge', () => ({
  work: ({ site, dryRun, ...options }, run) =>
    api.acknowledge({
      ...siteAt(site, run),
      answer: answerOf(options, { project: run.project, cwd: run.context.cwd }),
      dryRun,
      now: run.now,
    }),
  inWords: (outcome, run, { site }) =>
    renderAcknowledgement(outcome, { project: run.project, mirror: siteAt(site, run).location }),
}));

export const rollback = executorOf('rollback', () => ({
  work: ({ site, note, ...options }, run) => {
    const setback = setbackOf(options, run.project);
    const { tags, registry, apply, dryRun } = options;
    if (tags && setback.kind === 'restored')
      return api.rollbackRegistry({ ...run, ...siteAt(site, run), registry, to: setback.to, note, apply });
    return api.rollbackSite({ ...siteAt(site, run), setback, note, dryRun, now: run.now });
  },
  inWords: (outcome: api.RollbackOutcome | api.RegistryRollbackOutcome, run, { site }) =>
    'plan' in outcome
      ? renderRegistryRollback(outcome, siteAt(site, run).location)
      : renderRollback(outcome, run.project),
}));

export const drift = executorOf('drift', () => ({
  work: ({ site, registry, output }, run) => {
    const file = output === undefined ? undefined : resolve(run.context.cwd, output);
    return api.registryDrift({ ...run, ...siteAt(site, run), registry, output: file });
  },
  inWords: renderDrift,
  isSuccess: ({ sound }) => sound,
}));

export const cleanup = executorOf('cleanup', () => ({
  work: ({ site, keep, registry, apply }, run) =>
    api.cleanUpRegistry({ ...run, ...siteAt(site, run), keep, registry, apply }),
  inWords: (outcome, run, { site }) => renderCleanup(outcome, siteAt(site, run).location),
}));

export const apply = executorOf('apply', () => ({
  work: ({ site, at, registry, output, run: carryOut, context }, run) =>
    api.applyResources({
      ...{ ...run, ...siteAt(site, run), registry, carryOut, context },
      sequence: sequenceAtOf({ at, carryOut, context }),
      output: output === undefined ? undefined : resolve(run.context.cwd, output),
    }),
  inWords: renderApply,
}));
