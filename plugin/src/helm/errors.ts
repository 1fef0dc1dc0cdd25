/** Errors of helm charts. */
import type { Finding, Position } from '../system/errors';
import { cutDetails, explain, finding } from '../system/errors';
import { printable } from '../system/printable';

export const helmUnusable = explain<{ file: string }>('SEQ0460', ({ file }) => ({
  what: `${printable(file)}, which \`helm.binary\` in seqmirror.yaml names, is not an executable program`,
  next: 'Check the path, and that the file is executable. Without this setting, seqmirror looks for helm on PATH',
}));

export const repositoryUnusable = explain<{ at: Position; name: string; why: string }>(
  'SEQ0461',
  ({ at, name, why }) => ({
    at,
    what: `The helm repository ${printable(name)} cannot be used`,
    why,
    next: 'Check that `url` is the folder with the index.yaml of the repository',
  }),
);

export const chartNotFound = explain<{
  at: Position;
  chart: string;
  version?: string | undefined;
  repository: string;
  there: readonly string[];
}>('SEQ0462', ({ at, chart, version, repository, there }) => ({
  at,
  what: `The helm repository ${printable(repository)} has no chart ${named(chart, version)}`,
  why:
    version === undefined
      ? 'Without `version`, seqmirror uses the newest release. seqmirror uses a pre-release only if `version` names the pre-release'
      : undefined,
  next:
    there.length === 0 ? 'Check the name of the chart' : 'Set `version` to one of the versions that this message lists',
  details: cutDetails(there.map((version) => printable(version))),
}));

function named(chart: string, version: string | undefined): string {
  return version === undefined ? printable(chart) : `${printable(chart)} of version ${printable(version)}`;
}

export const chartUnusable = explain<{ at: Position; chart: string; why: string; next?: string | undefined }>(
  'SEQ0463',
  ({ at, chart, why, next = 'Check that this is the chart you meant' }) => ({
    at,
    what: `The helm chart ${printable(chart)} cannot be used`,
    why,
    next,
  }),
);

export const chartNotRendered = explain<{
  at: Position;
  chart: string;
  why: string;
  said?: readonly string[] | undefined;
}>('SEQ0464', ({ at, chart, why, said = [] }) => ({
  at,
  what: `The helm chart ${printable(chart)} cannot be rendered, so its images are not known`,
  why,
  next: 'Run `helm template` with this chart to see the same error. To mirror the images without rendering the chart, list the images under additionalImages',
  details: cutDetails(said.map((line) => printable(line))),
}));

/** @param facts.problem `a brace is not closed` */
export const imagePathUnreadable: (facts: { at: Position; path: string; problem: string }) => Finding = finding(
  'SEQ0465',
  ({ at, path, problem }) => ({
    at,
    what: `${printable(path)} is not a valid JSONPath: ${printable(problem)}`,
    why: 'imagePaths uses the JSONPath of kubectl, for example {.spec.image}',
    next: 'Correct the path',
  }),
);
