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
  why: 'Without it images could come from another place than the one meant',
  next: 'Correct it; its format is described in containers-registries.conf(5)',
  at: { file, line, column },
  cause,
}));

export const authFileUnusable = explain<{
  file: string;
  problem: string;
  cause?: unknown;
}>('SEQ0512', ({ file, problem, cause }) => ({
  what: `The auth file ${printable(file)} cannot be used: ${printable(problem)}`,
  why: 'Without it registries would be asked without the credentials that were meant for them',
  next: 'Correct it, or make it again with `podman login --authfile <file> <registry>`',
  cause,
}));

export const credentialHelperFailed = explain<{
  name: string;
  server: string;
  problem: string;
}>('SEQ0513', ({ name, server, problem }) => {
  const helper = printable(`docker-credential-${name}`);
  return {
    what: `The credential helper ${helper} gave nothing for ${printable(server)}: ${problem}`,
    why: 'The auth file names it for this registry',
    next: `What does \`echo ${printable(server)} | ${helper} get\` say? It prints the secret`,
  };
});

export const certificateFileUnusable = explain<{
  file: string;
  problem: string;
  cause?: unknown;
}>('SEQ0517', ({ file, problem, cause }) => ({
  what: `The certificate file ${printable(file)} cannot be used: ${problem}`,
  why: 'Without it the registry that it is for would not be trusted',
  next: 'Check that it is the right file, that you may read it, and that it is in PEM form (-----BEGIN CERTIFICATE-----)',
  cause,
}));

export const proxyUnusable = explain<{ variable: string; problem: string }>('SEQ0518', ({ variable, problem }) => ({
  what: `${variable} ${problem} (its value is not shown: it may hold a password)`,
  why: 'A proxy is named as http://[user:password@]host:port, or https://; without a scheme http is meant',
  next: `Correct ${variable}, unset it, or name hosts that need no proxy in NO_PROXY`,
}));
