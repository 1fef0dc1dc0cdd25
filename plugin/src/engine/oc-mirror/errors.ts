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
  what: `${printable(file)} is configured as oc-mirror, but is not a program that can be run`,
  why: 'There is no such file, or it is not executable',
  next: 'Correct ocMirror.binary in seqmirror.yaml, or remove it: then oc-mirror is looked for on PATH',
}));

export const programUnusable = explain<{ file: string; output: string }>('SEQ0401', ({ file, output }) => ({
  what: `${printable(file)} does not answer as oc-mirror does: ${printable(lastLineOf(output))}`,
  why: 'It was asked `version --output json --v2`, which oc-mirror 4.18 and later answer',
  next: 'Run it by hand with these arguments, to see whether it is an oc-mirror of 4.18 or later for this machine',
}));

export const fewerImages = explain<{
  version: string;
  brought: number;
  listed: number;
  missing: readonly string[];
}>('SEQ0402', (facts) => ({
  what: `oc-mirror ${facts.version} reported success, but brought ${facts.brought} of ${facts.listed} images`,
  why: 'Its working-dir was damaged, or the upstream changed while it ran; it notices neither',
  next: 'Run the same command again: the working-dir was made again, the cache is kept',
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
    why: 'One failing image is enough for oc-mirror to make none; what it could copy is kept in its cache',
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
    why: 'It copies nothing when a catalog, a release or a chart cannot be read',
    next: 'Check that each name in the configuration exists and that you may read it; details are above',
    details: listed(errors.map((error) => printable(withoutPrefix(error), { limit: 900 }))),
  };
});

export const runRefused = explain<{
  version: string;
  exit: Exit;
  errors: readonly string[];
}>('SEQ0404', ({ version, exit, errors }) => ({
  what: `oc-mirror ${version} ended without an archive: ${exitInWords(exit)}`,
  why: 'It is not about single images; nothing was changed outside its own folder',
  next: 'What it said stands above; its whole log is stage/working-dir/logs below the folder of this engine in the data directory',
  details: listed(errors.map((error) => printable(withoutPrefix(error), { limit: 600 }))),
}));

export const runCrashed = explain<{
  version: string;
  exit: Exit;
  panic: string | undefined;
}>('SEQ0405', ({ version, exit, panic }) => ({
  what: `oc-mirror ${version} did not come to its end: ${exitInWords(exit)}`,
  why:
    panic === undefined
      ? 'Something else ended it: the memory killer, a time limit, a person'
      : `It said: ${printable(panic)}`,
  next: 'Run the same command again: what may be half-made is removed first, the cache is kept',
}));

export const leftoverRuns = explain<{ pid: number }>('SEQ0406', ({ pid }) => ({
  what: `An oc-mirror of an earlier run is still at work (process ${pid}) and could not be ended`,
  why: 'Two of them would write into one cache',
  next: `Wait for it, or end it: kill ${pid}`,
}));

export const archiveIncomplete = explain<{ version: string; said: string }>('SEQ0407', ({ version, said }) => ({
  what: `oc-mirror ${version} reported success, but could not finish its archive: ${printable(said)}`,
  why: 'It takes a failure while closing the file for a warning; most often the disk is full',
  next: 'Free space in the data directory and run the same command again',
}));

export const dependenciesUnresolved = finding<{ at: Position }>('SEQ0441', ({ at }) => ({
  at,
  what: 'oc-mirror does not add the operators that selected ones need',
  why: '`resolveDependencies` asks for that, in sequence.yaml or seqmirror.yaml, and only the embedded engine does it',
  next: 'Set `engine: embedded` in seqmirror.yaml; or name the packages, and take resolveDependencies away',
}));

export const releaseUnsigned = explain<{ version: string; said: string }>('SEQ0408', ({ version, said }) => ({
  what: `oc-mirror ${version} made no archive: a release image has no signature in its repository`,
  why: `oc-mirror 4.21 and later carry cosign signatures and insist on them for releases: ${printable(said, { limit: 600 })}`,
  next: 'If the source is a mirror that was filled without signatures, copy them there too (tags ending in .sig)',
}));

export const keyMergedRefused = finding<{ at: Position; name: string; version: string }>(
  'SEQ0126',
  ({ at, name, version }) => ({
    at,
    what: `The key ${shown(name)} is in this map and in one that \`<<\` merges into it; this is oc-mirror ${version}`,
    why: 'oc-mirror 4.21 and later refuse the whole file for it',
    next: 'Write the entry out without `<<`, or take the key out of the other map',
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
    why: 'Earlier ones refuse the whole file for a key that they do not know',
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
    what: `oc-mirror ${version} did not bring everything to ${printable(destination)}: ${what}`,
    why: unknown
      ? 'What it looked for is neither in the archives nor in its cache for this registry: a sequence before was never uploaded with this cache'
      : 'What it brought stays; tags of other images may be set already',
    next: unknown
      ? 'Upload with `--engine=embedded`, which needs no cache; or bring back the archives of all sequences that this one needs'
      : 'Run the same command again: its cache is kept',
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
    return 'Can the registries be reached, and do the credentials hold? Then run the same command again';
  const others = failed.filter((image) => failureKind(image) !== 'signature');
  const unsigned = failed.length - others.length;
  const signatures = `Only the cosign signature of ${counted(unsigned, 'image')} could not be read, not the images: \`ocMirror: { removeSignatures: true }\` in seqmirror.yaml leaves signatures behind`;
  const names = others.slice(0, 3).map(({ reference }) => patternFor(reference));
  const block =
    'Run the same command again later; or do without them: add to mirror.blockedImages of the imageset config ' +
    names.map((name) => `\`- name: ${name}\``).join(', ');
  if (unsigned === 0) return block;
  return others.length === 0 ? signatures : `${signatures}. For the others: ${block}`;
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
