/**
 * Which certificates to trust for a host: the system's authorities, as other programs on this machine do, and what the
 * person added for this host (`caFile`, or files in certs.d as podman and docker read them).
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { createSecureContext, rootCertificates } from 'node:tls';
import { isSeqmirrorError, reasonOf } from '../system/errors';
import { readNamedText } from '../system/text-file';
import { certificateFileUnusable } from './configuration-errors';

// Where distributions keep their bundle, in the order of Go's crypto/x509 (root_linux.go).
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const largestBundle = 16 * 1024 * 1024;

export interface HostTrust {
  readonly authorities: readonly string[];
  /** A client certificate with its key, if certs.d has a pair `<name>.cert` and `<name>.key`. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * The authorities of every host, as PEM: SSL_CERT_FILE if set, else the system's bundle, else Node's own list; and
 * NODE_EXTRA_CA_CERTS.
 *
 * @throws SEQ0517 when a file that a variable names can't be used
 */
export async function systemAuthorities(env: Readonly<NodeJS.ProcessEnv>): Promise<string[]> {
  const named = env['SSL_CERT_FILE'];
  const extra = env['NODE_EXTRA_CA_CERTS'];
  const system = named ? [await readPem(named, 'CERTIFICATE')] : await systemBundle();
  return [...system, ...(extra ? [await readPem(extra, 'CERTIFICATE')] : [])];
}

/**
 * What the person added for one host. The first certs.d folder that exists for the host counts, as in containers/image
 * (docker_client.go, dockerCertDir).
 *
 * @throws SEQ0517 when a file that was named, or is there, can't be read or has no certificate
 */
export async function trustOfHost(
  host: string,
  { caFile, env }: { caFile?: string | undefined; env: Readonly<NodeJS.ProcessEnv> },
): Promise<HostTrust> {
  const named = caFile === undefined ? [] : [await readPem(caFile, 'CERTIFICATE')];
  for (const folder of certificateFolders(env)) {
    const here = join(folder, host);
    const names = await namesIn(here);
    if (names === undefined) continue;
    const authorities = names.filter((name) => name.endsWith('.crt')).sort();
    const pair = names
      .filter((name) => name.endsWith('.cert') && names.includes(name.replace(/cert$/, 'key')))
      .sort()[0];
    return {
      authorities: [
        ...named,
        ...(await Promise.all(authorities.map((name) => readPem(join(here, name), 'CERTIFICATE')))),
      ],
      ...(pair === undefined ? {} : { client: await readPair(join(here, pair)) }),
    };
  }
  return { authorities: named };
}

/** Made once for many connections: it parses hundreds of certificates, which takes about 50 ms. */
export function secureContextOf(system: readonly string[], trusts: readonly HostTrust[]): SecureContext {
  const client = trusts.find((trust) => trust.client !== undefined)?.client;
  return createSecureContext({
    ca: [...system, ...trusts.flatMap(({ authorities }) => authorities)],
    ...(client === undefined ? {} : client),
  });
}

function certificateFolders(env: Readonly<NodeJS.ProcessEnv>): string[] {
  const userConfig = env['XDG_CONFIG_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.config'));
  return [
    ...(userConfig === undefined ? [] : [join(userConfig, 'containers/certs.d')]),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

async function readPair(certFile: string): Promise<{ cert: string; key: string }> {
  return {
    cert: await readPem(certFile, 'CERTIFICATE'),
    key: await readPem(certFile.replace(/cert$/, 'key'), 'PRIVATE KEY'),
  };
}

async function readPem(file: string, holds: 'CERTIFICATE' | 'PRIVATE KEY'): Promise<string> {
  let text: string;
  try {
    if ((await stat(file)).size > largestBundle)
      throw certificateFileUnusable({ file, problem: 'it is larger than 16 MiB' });
    text = await readNamedText(file, { limit: largestBundle });
  } catch (error) {
    if (isSeqmirrorError(error) && error.code === 'SEQ0517') throw error;
    throw certificateFileUnusable({ file, problem: `it cannot be read (${reasonOf(error)})`, cause: error });
  }
  if (!text.includes(`${holds}-----`)) {
    throw certificateFileUnusable({ file, problem: `it contains no ${holds.toLowerCase()} in PEM format` });
  }
  return text;
}

async function systemBundle(): Promise<readonly string[]> {
  for (const file of systemBundles) {
    try {
      return [await readPem(file, 'CERTIFICATE')];
    } catch {
      continue;
    }
  }
  return rootCertificates;
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch {
    return undefined;
  }
}
