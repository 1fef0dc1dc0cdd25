/** The words for files and settings that say how registries are reached. What is secret in them is never shown. */
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

export function registriesConfUnusable(facts: {
  file: string;
  problem: string;
  line?: number | undefined;
  column?: number | undefined;
  cause?: unknown;
}): SeqmirrorError {
  const { file, problem, line, column, cause } = facts;
  return new SeqmirrorError(
    {
      code: 'SEQ0511',
      what: `registries.conf cannot be used: ${printable(problem)}`,
      why: 'Without it images could come from another place than the one meant',
      next: 'Correct it; its format is described in containers-registries.conf(5)',
      at: { file, line, column },
    },
    { cause },
  );
}

export function authFileUnusable({
  file,
  problem,
  cause,
}: {
  file: string;
  problem: string;
  cause?: unknown;
}): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0512',
      what: `The auth file ${printable(file)} cannot be used: ${printable(problem)}`,
      why: 'Without it registries would be asked without the credentials that were meant for them',
      next: 'Correct it, or make it again with `podman login --authfile <file> <registry>`',
    },
    { cause },
  );
}

export function credentialHelperFailed(facts: { name: string; server: string; problem: string }): SeqmirrorError {
  const helper = printable(`docker-credential-${facts.name}`);
  return new SeqmirrorError({
    code: 'SEQ0513',
    what: `The credential helper ${helper} gave nothing for ${printable(facts.server)}: ${facts.problem}`,
    why: 'The auth file names it for this registry',
    next: `What does \`echo ${printable(facts.server)} | ${helper} get\` say? It prints the secret`,
  });
}

export function certificateFileUnusable({
  file,
  problem,
  cause,
}: {
  file: string;
  problem: string;
  cause?: unknown;
}): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0517',
      what: `The certificate file ${printable(file)} cannot be used: ${problem}`,
      why: 'Without it the registry that it is for would not be trusted',
      next: 'Is it the right file, readable, and in PEM form (-----BEGIN CERTIFICATE-----)?',
    },
    { cause },
  );
}

export function proxyUnusable({ variable }: { variable: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0518',
    what: `${variable} is not the address of a proxy (its value is not shown: it may hold a password)`,
    why: 'Proxies are reached by http:// or https://',
    next: `Correct ${variable}, or unset it`,
  });
}
