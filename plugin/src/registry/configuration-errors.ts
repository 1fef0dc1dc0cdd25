/** Errors in files and settings that say how registries are reached. Secrets in them are never shown. */
import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const registriesConfUnusable = explain<{
  file: string;
  problem: string;
  line?: number | undefined;
  column?: number | undefined;
  cause?: unknown;
}>('SEQ0511', ({ file, problem, line, column, cause }) => ({
  what: `registries.conf cannot be used: ${printable(problem)}`,
  why: 'Without this file, seqmirror could pull images from the wrong registry',
  next: 'Correct the file. containers-registries.conf(5) describes its format',
  at: { file, line, column },
  cause,
}));

export const authFileUnusable = explain<{
  file: string;
  problem: string;
  cause?: unknown;
}>('SEQ0512', ({ file, problem, cause }) => ({
  what: `The auth file ${printable(file)} cannot be used: ${printable(problem)}`,
  why: 'Without this file, seqmirror has no credentials for the registries',
  next: 'Correct the file, or write it again with `podman login --authfile <file> <registry>`',
  cause,
}));

export const credentialHelperFailed = explain<{
  name: string;
  server: string;
  problem: string;
}>('SEQ0513', ({ name, server, problem }) => {
  const helper = `docker-credential-${printable(name)}`;
  return {
    what: `The credential helper ${helper} returned no credentials for ${printable(server)}: ${problem}`,
    why: 'The auth file names this helper for this registry',
    next: `Run \`echo ${printable(server)} | ${helper} get\`, and correct what the helper reports. The helper may print the password`,
  };
});

export const certificateFileUnusable = explain<{
  file: string;
  problem: string;
  cause?: unknown;
}>('SEQ0517', ({ file, problem, cause }) => ({
  what: `The certificate file ${printable(file)} cannot be used: ${problem}`,
  why: 'seqmirror needs this file for TLS connections to a registry',
  next: 'Check the path of the file, its permissions, and that it is in PEM format (-----BEGIN CERTIFICATE-----)',
  cause,
}));

export const proxyUnusable = explain<{ variable: string; problem: string }>('SEQ0518', ({ variable, problem }) => ({
  what: `${variable} ${problem} (the value is not shown, because it may contain a password)`,
  why: 'The value must be http://[user:password@]host:port or https://…; without a scheme, seqmirror uses http',
  next: `Correct ${variable} or unset it. List hosts that need no proxy in NO_PROXY`,
}));
