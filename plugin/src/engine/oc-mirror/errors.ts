import { shown } from '../../imageset/credentials';
import { counted } from '../../system/counted';
import type { Finding, Position } from '../../system/errors';
import { explain, finding } from '../../system/errors';
import { printable } from '../../system/printable';
import type { Exit } from './exit';
import { exitInWords, listInWords } from './exit';
import type { FailedImage } from './failures';
import { failureKind, sortedByKind } from './failures';

const mostListed = 20;

export const programMissing = explain<{ file: string }>('SEQ0400', ({ file }) => ({
  what: `${printable(file)}, which ocMirror.binary in seqmirror.yaml names, is not an executable program`,
  why: 'The file does not exist, or you may not execute it',
  next: 'Correct ocMirror.binary in seqmirror.yaml, or remove ocMirror.binary. Without this setting, seqmirror looks for oc-mirror on PATH',
}));

export const programUnusable = explain<{ file: string; output: string }>('SEQ0401', ({ file, output }) => ({
  what: `${printable(file)} does not answer like oc-mirror: ${printable(lastLineOf(output))}`,
  why: 'seqmirror ran the program with `version --output json --v2`, which oc-mirror 4.18 and later understand',
  next: 'Run the program with `version --output json --v2` by hand. The program must be oc-mirror 4.18 or later, built for this machine',
}));

export const fewerImages = explain<{
  version: string;
  brought: number;
  listed: number;
  missing: readonly string[];
}>('SEQ0402', (facts) => ({
  what: `oc-mirror ${facts.version} reported success, but mirrored only ${facts.brought} of ${facts.listed} images`,
  why: 'The working-dir of oc-mirror was damaged, or the upstream changed during the run. oc-mirror does not detect this',
  next: 'Run the same command again. oc-mirror has a new working-dir now, and keeps its cache',
  details: listed(facts.missing.map((reference) => `missing: ${printable(reference)}`)),
}));

/** Names the failing images, and how to continue without them. */
export const imagesFailed = explain<{
  version: string;
  exit: Exit;
  failed: readonly FailedImage[];
  attempts: number;
  errors: readonly string[];
}>('SEQ0403', ({ version, exit, failed, attempts, errors }) => {
  const tries = attempts === 1 ? 'in one attempt' : `in ${attempts} attempts, the last with less parallelism`;
  const count =
    failed.length === 0 ? exitInWords(exit) : `${failed.length} image${failed.length === 1 ? '' : 's'} failed`;
  return {
    what: `oc-mirror ${version} made no archive: ${count} ${tries}`,
    why: 'oc-mirror makes no archive if one image fails. oc-mirror keeps the copied blobs in its cache',
    next: nextAfterFailures(failed),
    details:
      failed.length > 0
        ? listed(sortedByKind(failed).map(failureLine))
        : listed(errors.map((error) => printable(withoutPrefix(error), { limit: 600 }))),
  };
});

export const collectingFailed = explain<{
  version: string;
  exit: Exit;
  errors: readonly string[];
  attempts: number;
}>('SEQ0409', ({ version, exit, errors, attempts }) => {
  const kinds = exit.kind === 'images failed' ? listInWords(exit.of) : 'the';
  const tries = attempts === 1 ? '' : ` in ${attempts} attempts`;
  return {
    what: `oc-mirror ${version} could not find out which ${kinds} images to mirror${tries}`,
    why: 'oc-mirror copies nothing if it cannot read a catalog, a release or a chart',
    next: 'Check that each name in the imageset configuration exists, and that your credentials give access to it. The errors of oc-mirror are above',
    details: listed(errors.map((error) => printable(withoutPrefix(error), { limit: 900 }))),
  };
});

export const runRefused = explain<{
  version: string;
  exit: Exit;
  errors: readonly string[];
}>('SEQ0404', ({ version, exit, errors }) => ({
  what: `oc-mirror ${version} ended without an archive: ${exitInWords(exit)}`,
  why: 'The cause is not a single image. oc-mirror changed nothing outside its own folder',
  next: 'Read the errors of oc-mirror above. Its complete log is in the data directory, in stage/working-dir/logs of the oc-mirror folder',
  details: listed(errors.map((error) => printable(withoutPrefix(error), { limit: 600 }))),
}));

export const runCrashed = explain<{
  version: string;
  exit: Exit;
  panic: string | undefined;
}>('SEQ0405', ({ version, exit, panic }) => ({
  what: `oc-mirror ${version} stopped before its end: ${exitInWords(exit)}`,
  why:
    panic === undefined
      ? 'The kernel (out of memory), a time limit, a person or a bug in oc-mirror stopped it'
      : `oc-mirror printed: ${printable(panic)}`,
  next: 'Run the same command again. seqmirror removes the unfinished files first, and oc-mirror keeps its cache',
}));

export const leftoverRuns = explain<{ pid: number }>('SEQ0406', ({ pid }) => ({
  what: `oc-mirror of an earlier run is still running (process ${pid}), and seqmirror could not stop it`,
  why: 'Two oc-mirror processes must not write to the same cache',
  next: `Wait until the process ends, or stop it: \`kill ${pid}\``,
}));

export const archiveIncomplete = explain<{ version: string; said: string }>('SEQ0407', ({ version, said }) => ({
  what: `oc-mirror ${version} reported success, but could not finish its archive: ${printable(said)}`,
  why: 'oc-mirror only warns if it cannot finish the file. The usual cause is a full disk',
  next: 'Free space in the data directory and run the same command again',
}));

export const dependenciesUnresolved = finding<{ at: Position }>('SEQ0441', ({ at }) => ({
  at,
  what: 'oc-mirror cannot resolve the dependencies of operators',
  why: '`resolveDependencies` is set in sequence.yaml or seqmirror.yaml, but only the embedded engine supports it',
  next: 'Set `engine: embedded` in seqmirror.yaml. Or remove resolveDependencies, and list the needed packages in the imageset configuration',
}));

export const releaseUnsigned = explain<{ version: string; said: string }>('SEQ0408', ({ version, said }) => ({
  what: `oc-mirror ${version} made no archive: a release image has no signature in its repository`,
  why: `oc-mirror 4.21 and later mirror cosign signatures, and require one for each release image: ${printable(said, { limit: 600 })}`,
  next: 'If the source is a mirror registry without signatures, copy the signatures to this registry (tags that end in .sig)',
}));

export const keyMergedRefused = finding<{ at: Position; name: string; version: string }>(
  'SEQ0126',
  ({ at, name, version }) => ({
    at,
    what: `The key ${shown(name)} is in this map and also in a map that \`<<\` merges into this map`,
    why: `oc-mirror 4.21 and later refuse the whole file because of this. oc-mirror ${version} is installed`,
    next: 'Write the entry without `<<`, or remove the key from the other map',
  }),
);

export function needsNewerOcMirror(facts: {
  at: Position;
  what: string;
  since: string;
  severity: Finding['severity'];
}): Finding {
  return {
    code: 'SEQ0440',
    severity: facts.severity,
    what: `${facts.what} needs oc-mirror ${facts.since} or later`,
    why: 'Earlier versions do not know this key, and refuse the whole file',
    at: facts.at,
  };
}

export const uploadFailed = explain<{
  version: string;
  exit: Exit;
  failed: readonly FailedImage[];
  errors: readonly string[];
  destination: string;
}>('SEQ0642', ({ version, exit, failed, errors, destination }) => {
  const what =
    failed.length === 0 ? exitInWords(exit) : `${failed.length} image${failed.length === 1 ? '' : 's'} failed`;
  const unknown = [...errors, ...failed.map(({ reason }) => reason)].some((text) =>
    /(manifest|blob) unknown/i.test(text),
  );
  return {
    what: `oc-mirror ${version} did not upload everything to ${printable(destination)}: ${what}`,
    why: unknown
      ? 'oc-mirror needs a blob that is not in the archives and not in its cache for this registry. An earlier sequence was not uploaded with this cache'
      : 'The registry keeps what oc-mirror uploaded. Tags of other images may be set already',
    next: unknown
      ? 'Upload with `--engine=embedded`, which needs no cache. Or copy back the archives of all sequences that this sequence needs'
      : 'Run the same command again. oc-mirror keeps its cache',
    details:
      failed.length > 0
        ? listed(sortedByKind(failed).map(failureLine))
        : listed(errors.map((error) => printable(withoutPrefix(error), { limit: 600 }))),
  };
});

function failureLine({ reference, operators, reason }: FailedImage): string {
  const of = operators.length === 0 ? '' : ` (of ${operators.map((name) => printable(name)).join(', ')})`;
  return `${printable(reference)}${of}: ${printable(innermost(reason))}`;
}

/** Go errors nest from the outside in: the innermost part says most. */
function innermost(reason: string): string {
  const line = reason
    .replaceAll(/\s+/g, ' ')
    .replace(/^initializing source \S+: /, '')
    .trim();
  return line.length <= 300 ? line : `${line.slice(0, 140)} … ${line.slice(-150)}`;
}

function withoutPrefix(error: string): string {
  return error.replace(/^\[Executor\] (collection error: )?/, '');
}

function nextAfterFailures(failed: readonly FailedImage[]): string {
  if (failed.length === 0)
    return 'Check that this machine can reach the registries and that the credentials are valid. Then run the same command again';
  const others = failed.filter((image) => failureKind(image) !== 'signature');
  const unsigned = failed.length - others.length;
  const signatures = `oc-mirror could read ${counted(unsigned, 'image')}, but not their cosign signatures. To mirror without signatures, set \`ocMirror: { removeSignatures: true }\` in seqmirror.yaml`;
  const names = others.slice(0, 3).map(({ reference }) => patternFor(reference));
  const block =
    'Run the same command again later. To mirror without these images, add to mirror.blockedImages of the imageset configuration: ' +
    names.map((name) => `\`- name: ${name}\``).join(', ');
  if (unsigned === 0) return block;
  return others.length === 0 ? signatures : `${signatures}. For the other images: ${block}`;
}

/** blockedImages are regular expressions since 4.18; dots are the only special characters of a reference. */
function patternFor(reference: string): string {
  return printable(reference.replaceAll('.', '\\.'));
}

function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostListed);
  return lines.length > shown.length ? [...shown, `… and ${lines.length - shown.length} more`] : shown;
}

function lastLineOf(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
