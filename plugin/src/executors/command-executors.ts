/** The executors that Nx calls, one per command: the use case, and the renderer for its result. */
import { resolve } from 'node:path';
import * as api from '../api';
import { bundleInJson } from '../report/json/bundle';
import { reissueInJson } from '../report/json/reissue';
import { metricsText } from '../report/metrics/metrics';
import { mirrorReport } from '../report/mirror-report';
import { contentsFor, partsOf, reportFiles } from '../report/report-files';
import { diffInMarkdown } from '../report/markdown/diff';
import { planInMarkdown } from '../report/markdown/plan';
import { renderBundle } from '../report/text/bundle';
import {
  renderCountersigning,
  renderRenumber,
  renderSigning,
  renderUnlocking,
  renderVoid,
} from '../report/text/chain-changes';
import { renderCustody } from '../report/text/custody';
import { renderDiff } from '../report/text/diff';
import { renderExamination } from '../report/text/examination';
import { renderExport } from '../report/text/export';
import { renderExplainedCode } from '../report/text/explained-code';
import { renderInfo } from '../report/text/info';
import { renderListing } from '../report/text/listing';
import { renderMirrorOutcome, renderSequenceChecks } from '../report/text/mirror-outcome';
import { renderPlan } from '../report/text/plan';
import { renderPrune, renderRestore } from '../report/text/prune';
import { renderReissue } from '../report/text/reissue';
import { renderReport } from '../report/text/report';
import { renderSitesStatus } from '../report/text/site-status';
import { renderUpload } from '../report/text/upload';
import { renderValidation } from '../report/text/validation';
import { parseSequenceFolder } from '../sequence/folder';
import { errorOfFindings } from '../system/errors';
import { explainedCode } from '../system/explain-code';
import { printable } from '../system/printable';
import { errorCodeUnknown, restoreOfNothing, uploadWithoutRegistry } from './errors';
import { mirrorOf, placeOf, reportFolderOf, sequenceAt, sequenceNamed, siteAt } from './places';
import { executorOf } from './run-executor';
import { nxOf } from './supported-nx';
import { readByOthers } from './same-run';
import { custodyTaskOf, daysOf, lookOf, sidesOf } from './typed-options';

export * from './site-executors';

export const mirror = executorOf('mirror', () => ({
  work: ({ sequence, dryRun, refresh }, run) =>
    api.mirrorSequence({
      ...run,
      ...sequenceAt(sequence, run),
      dryRun,
      refresh,
      cachedByNx: run.context.target?.cache === true,
    }),
  inWords: renderMirrorOutcome,
}));

export const check = executorOf('check', () => ({
  work: async ({ sequence, earlier }, run) => {
    const { location, folder } = sequenceAt(sequence, run);
    const folders = earlier ? await api.sequenceFoldersUpTo(location, folder) : [folder];
    const checked = (await api.checkSequences({ location, folders })).map((found) => {
      if (found.kind !== 'already-sealed') throw found.error;
      return found;
    });
    return { mirror: location.name, checked };
  },
  inWords: ({ mirror, checked }) => renderSequenceChecks(mirror, checked),
}));

export const plan = executorOf('plan', () => ({
  work: async ({ sequence, media }, run) =>
    api.planMirroring({
      ...run,
      media: media === undefined ? undefined : String(media),
      uploader: media === undefined ? undefined : await api.enclosedUploader(),
      ...(await placeOf(sequence, run)),
    }),
  inWords: (outcome, _run, { format }) => (format === 'markdown' ? planInMarkdown(outcome) : renderPlan(outcome)),
  isForPrograms: ({ format }) => format === 'markdown',
  isSuccess: (outcome) => outcome.kind === 'planned' && outcome.plan.unanswered.length === 0,
}));

export const list = executorOf('list', () => ({
  work: (_options, run) => api.listSequences(mirrorOf(run)),
  inWords: (outcome, _run, { all }) => renderListing(outcome, { all }),
}));

export const diff = executorOf('diff', () => ({
  work: async ({ sequence, site, ...typed }, run) => {
    const { location, folder } = await placeOf(sequence, run);
    return api.diffSequences({ location, site, ...sidesOf(typed, folder) });
  },
  inWords: (outcome, _run, { format }) => (format === 'markdown' ? diffInMarkdown(outcome) : renderDiff(outcome)),
  isForPrograms: ({ format }) => format === 'markdown',
}));

export const info = executorOf('info', () => ({
  work: (_options, run) => api.mirrorInfo(mirrorOf(run)),
  inWords: renderInfo,
}));

export const doctor = executorOf('doctor', () => ({
  work: ({ offline }, run) =>
    api.examine({ ...run, location: mirrorOf(run), online: !offline, nx: nxOf(run.context.root) }),
  inWords: renderExamination,
  isSuccess: ({ sound }) => sound,
}));

export const status = executorOf('status', () => ({
  work: ({ site }, run) =>
    api.siteStatus({
      ...(site === undefined ? { location: mirrorOf(run), site } : siteAt(site, run)),
      now: run.now,
    }),
  inWords: renderSitesStatus,
  isSuccess: ({ problems }) => problems.length === 0,
}));

export const metrics = executorOf('metrics', () => ({
  work: async ({ output }, run) => {
    const location = mirrorOf(run);
    const text = metricsText({
      listing: await api.listSequences(location),
      status: await api.siteStatus({ location, now: run.now }),
      ...(await api.operationFacts(location)),
      at: run.now(),
    });
    if (output === undefined) return { text };
    const file = resolve(run.context.cwd, output);
    await api.writeReport(file, text);
    return { file };
  },
  inWords: (outcome) => ('text' in outcome ? outcome.text.trimEnd() : `Written: ${printable(outcome.file)}`),
  isForPrograms: ({ output }) => output === undefined,
}));

const exportResources = executorOf('export', () => ({
  work: async ({ output, at, dryRun }, run) => {
    const { location, folder } = await placeOf(at, run);
    return api.exportResources({
      location,
      output: output === undefined ? undefined : resolve(run.context.cwd, output),
      sequence: folder === undefined ? undefined : parseSequenceFolder(folder)?.number,
      dryRun,
      signal: run.signal,
    });
  },
  inWords: renderExport,
}));
export { exportResources as export };
export const report = executorOf('report', () => ({
  work: async ({ output, all }, run) => {
    const location = mirrorOf(run);
    const { shown, ...place } = reportFolderOf(output, { location, run });
    const status = await api.siteStatus({ location, now: run.now });
    // Nobody may sign a report that leaves out a site.
    if (status.problems.length > 0) throw errorOfFindings(status.problems);
    const found = mirrorReport({
      listing: await api.listSequences(location),
      status,
      chain: await api.reportedChain(location),
    });
    const parts = partsOf(found, all ? 'all' : 'newest');
    const contents = await api.sequenceContents(location, contentsFor(parts));
    const files = await api.writeReportFiles(place, reportFiles(found, parts, contents));
    return { report: found, folder: shown, files };
  },
  inWords: renderReport,
  inJson: (outcome) => outcome.report,
}));

export const validate = executorOf('validate', () => ({
  work: async ({ sequence, ...typed }, run) => {
    const look = { ...run, ...lookOf(typed) };
    if (sequence !== undefined) return api.validate({ ...look, ...(await sequenceNamed(sequence, run)) });
    const readBy = readByOthers(run.context, typed);
    const outcome = await api.validate({
      ...{ ...look, location: mirrorOf(run) },
      depth: readBy.length === 0 ? typed.depth : 'quick',
    });
    return readBy.length === 0 ? outcome : { ...outcome, readBy };
  },
  inWords: renderValidation,
  isSuccess: ({ sound }) => sound,
}));

export const upload = executorOf('upload', () => ({
  work: async ({ sequence, registry, maxNestedPaths, site, engine, force, thorough, dryRun }, run) => {
    const place = await sequenceNamed(sequence, run);
    const upload = { ...run, ...place, maxNestedPaths, engine, force, thorough, dryRun };
    if (site !== undefined) return api.uploadToSite({ ...upload, site, registry });
    if (registry === undefined) throw uploadWithoutRegistry({ project: run.project });
    return api.uploadSequence({ ...upload, registry });
  },
  inWords: renderUpload,
}));

export const reissue = executorOf('reissue', () => ({
  work: async ({ sequence, from, dryRun }, run) =>
    api.reissueSequence({ ...run, ...(await sequenceNamed(sequence, run)), from, dryRun }),
  inWords: renderReissue,
  inJson: reissueInJson,
}));

export const custody = executorOf('custody', () => ({
  work: async ({ sequence, ...typed }, run) => {
    const task = custodyTaskOf(typed);
    const scope = { ...run, ...(await placeOf(sequence, run)) };
    if (task.kind === 'copy') return api.copyArchives({ ...scope, ...task });
    return task.kind === 'verify' ? api.verifyCopies({ ...scope, ...task }) : api.listCustody(scope);
  },
  inWords: (outcome, run) => renderCustody(outcome, { root: mirrorOf(run).mirrorRoot }),
  isSuccess: (outcome) => outcome.kind !== 'verified' || outcome.sound,
}));

export const prune = executorOf('prune', () => ({
  work: ({ keep, olderThan, to, apply }, run) =>
    api.pruneMirror({
      ...run,
      ...{ location: mirrorOf(run), keep, to, apply },
      olderThanDays: olderThan === undefined ? undefined : daysOf(olderThan),
    }),
  inWords: (outcome, run) => renderPrune(outcome, { root: mirrorOf(run).mirrorRoot }),
}));

export const restore = executorOf('restore', () => ({
  work: async ({ sequence, from, dryRun }, run) => {
    if (sequence === undefined) throw restoreOfNothing({ project: run.project });
    return api.restoreSequence({ ...run, ...(await sequenceNamed(sequence, run)), from, dryRun });
  },
  inWords: (outcome, run) => renderRestore(outcome, { root: mirrorOf(run).mirrorRoot }),
}));

export const bundle = executorOf('bundle', () => ({
  work: async ({ sequence, site, media, ...options }, run) =>
    api.bundleSequence({
      ...run,
      ...options,
      ...(await placeOf(sequence, run)),
      sites: site,
      media: media === undefined ? undefined : String(media),
      uploader: await api.enclosedUploader(),
      stream: run.stdout,
    }),
  inWords: renderBundle,
  inJson: bundleInJson,
  isStdoutTaken: ({ output }) => output === '-',
}));

const voidExecutor = executorOf('void', () => ({
  work: async ({ sequence, dryRun }, run) => {
    const { location, folder } = sequenceAt(sequence, run);
    return { ...(await api.voidSequence({ ...run, location, folder, dryRun })), mirror: location.name };
  },
  inWords: (outcome) => renderVoid(outcome, outcome.mirror),
}));
// A constant cannot have that name, but an export can.
export { voidExecutor as void };

export const renumber = executorOf('renumber', () => ({
  work: ({ folder, dryRun }, run) => api.renumberSequence({ ...run, location: mirrorOf(run), folder, dryRun }),
  inWords: (outcome, run) => renderRenumber(outcome, { mirror: run.project, root: mirrorOf(run).mirrorRoot }),
}));

export const sign = executorOf('sign', () => ({
  work: (_options, run) => api.signChain({ ...run, location: mirrorOf(run) }),
  inWords: renderSigning,
}));

export const countersign = executorOf('countersign', () => ({
  work: async ({ key, path }, run) => {
    const { cwd } = run.context;
    const who = { ...run, location: mirrorOf(run), key: key === undefined ? undefined : resolve(cwd, key) };
    if (path === undefined) return api.countersignChain(who);
    return api.countersignBundle({ ...who, path: resolve(cwd, path), uploader: await api.enclosedUploader() });
  },
  inWords: renderCountersigning,
}));

export const unlock = executorOf('unlock', () => ({
  work: ({ gone }, run) => api.unlockMirror({ location: mirrorOf(run), gone, now: run.now() }),
  inWords: renderUnlocking,
}));

export const explain = executorOf('explain', () => ({
  work: ({ code }) => {
    const explained = explainedCode(String(code));
    return explained === undefined ? Promise.reject(errorCodeUnknown(String(code))) : Promise.resolve(explained);
  },
  inWords: renderExplainedCode,
}));
