/** Where credentials are looked for, in containers/image's order: the first file that knows the registry counts. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isSeqmirrorError } from '../system/errors';
import type { AuthFile, Credentials } from './auth-file';
import { entryFor, readAuthFile } from './auth-file';
import { askCredentialHelper } from './credential-helper';

/** The outcome of a search for credentials. Both kinds can be shown: neither holds a secret. */
export interface CredentialSearch {
  readonly credentials?: Credentials | undefined;
  /** `auth.json, entry "quay.io/org"`; or the places where nothing was found. */
  readonly origin: string;
}

/**
 * Finds the credentials for a repository. If `authFile` (from the settings) or REGISTRY_AUTH_FILE is set, only that is
 * read; else the files of podman and docker that exist.
 *
 * @throws SEQ0512 for a file that can't be parsed, SEQ0513 when a helper that was named for this host fails
 */
export async function findCredentials(
  { host, repository }: { readonly host: string; readonly repository: string },
  options: { authFile?: string | undefined; env: Readonly<NodeJS.ProcessEnv>; signal: AbortSignal },
): Promise<CredentialSearch> {
  const { paths, namedBy } = credentialFiles(options);
  const remarks: string[] = [];
  for (const path of paths) {
    const file = await readAuthFile(path, { required: namedBy !== undefined });
    if (file === undefined) continue;
    const found = await lookUp(file, { host, repository }, options, remarks);
    if (found !== undefined) return found;
    remarks.push(`${path} has no entry for this registry`);
  }
  return { origin: remarks.length > 0 ? remarks.join('; ') : `none of the files ${paths.join(', ')} exists` };
}

/**
 * The files in which credentials are looked for, in order, whether they exist or not.
 *
 * @returns namedBy what names the only file; `undefined`: they are the places of podman and docker
 */
export function credentialFiles({
  authFile,
  env,
}: {
  authFile?: string | undefined;
  env: Readonly<NodeJS.ProcessEnv>;
}): {
  readonly paths: readonly string[];
  readonly namedBy: 'settings' | 'REGISTRY_AUTH_FILE' | undefined;
} {
  if (authFile !== undefined) return { paths: [authFile], namedBy: 'settings' };
  const fromEnvironment = env['REGISTRY_AUTH_FILE'];
  if (fromEnvironment) return { paths: [fromEnvironment], namedBy: 'REGISTRY_AUTH_FILE' };
  return { paths: usualPlaces(env), namedBy: undefined };
}

async function lookUp(
  file: AuthFile,
  { host, repository }: { host: string; repository: string },
  options: { env: Readonly<NodeJS.ProcessEnv>; signal: AbortSignal },
  remarks: string[],
): Promise<CredentialSearch | undefined> {
  const server = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
  const helper = file.credHelpers.get(host) ?? file.credHelpers.get(server);
  if (helper !== undefined) {
    const credentials = await askCredentialHelper(helper, server, options);
    if (credentials !== undefined) return { credentials, origin: `${file.path}, credential helper ${helper}` };
  }
  const entry = entryFor(file, { host, repository });
  if (entry !== undefined) return { credentials: entry.credentials, origin: `${file.path}, entry "${entry.key}"` };
  if (file.credsStore === undefined) return undefined;
  try {
    const credentials = await askCredentialHelper(file.credsStore, server, options);
    return credentials && { credentials, origin: `${file.path}, credential store ${file.credsStore}` };
  } catch (error) {
    // A store is configured for all hosts, often by a desktop program that isn't installed here; public images need
    // none.
    if (!isSeqmirrorError(error)) throw error;
    remarks.push(error.what);
    return undefined;
  }
}

function usualPlaces(env: Readonly<NodeJS.ProcessEnv>): string[] {
  const home = env['HOME'];
  const runtime = env['XDG_RUNTIME_DIR']
    ? join(env['XDG_RUNTIME_DIR'], 'containers')
    : `/run/containers/${userInfo().uid}`;
  const config = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : join(home, '.config'));
  const docker = env['DOCKER_CONFIG'] || (home === undefined ? undefined : join(home, '.docker'));
  return [
    join(runtime, 'auth.json'),
    ...(config === undefined ? [] : [join(config, 'containers/auth.json')]),
    ...(docker === undefined ? [] : [join(docker, 'config.json')]),
  ];
}
