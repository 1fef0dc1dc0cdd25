/**
 * The effective configuration of a mirror on this machine, and where each value comes from: for people who ask why it
 * uses that engine, that disk or those credentials. Called by the executor of `info`; stands on the settings, the data
 * directory, the engines and the files that registries are configured by. It changes nothing, asks no registry, and
 * opens no file that may hold a secret.
 */
import { join } from 'node:path';
import { engineNamed } from '../engine/choose-engine';
import type { EngineName } from '../engine/engine';
import { dataDirectory } from '../mirror/data-directory';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { forPeople, openMirror, settingsFileName, inTree } from '../mirror/mirror';
import { engineOptions, registrySettings } from '../mirror/settings';
import { credentialFiles } from '../registry/credentials';
import { registriesConfFiles } from '../registry/registries-conf';
import { freeBytes } from '../system/disk';
import type { Explanation } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { isThere } from '../system/files';
import { seqmirrorVersion } from '../system/package-version';
import { readText } from '../system/text-file';
import type { SettingInForce } from './settings-in-force';
import { settingsInForce } from './settings-in-force';

/** The result of `mirrorInfo`. */
export interface MirrorInfo {
  /** The Nx project. */
  readonly mirror: string;
  readonly id: string;
  /** Relative to the top of the workspace. */
  readonly folder: string;
  readonly settings: readonly SettingInForce[];
  readonly dataDirectory: { readonly path: string; readonly isThere: boolean; readonly freeBytes: number };
  /** The engine that would mirror, or the reason why no engine can. */
  readonly engine:
    | {
        readonly name: EngineName;
        readonly version: string;
        readonly found: string;
        readonly sha256?: string | undefined;
      }
    | { readonly problem: Explanation };
  readonly registries: { readonly credentials: FilesInForce; readonly registriesConf: FilesInForce };
  /** Environment variables that are set and used. User names and passwords in URLs are removed. */
  readonly environment: Readonly<Record<string, string>>;
  readonly versions: { readonly seqmirror: string; readonly node: string; readonly platform: string };
}

/** The files, as absolute paths. seqmirror uses the first file that has an entry for the registry. */
export interface FilesInForce {
  /** The setting or variable that names the only file; absent for the default files of podman and docker. */
  readonly namedBy?: string | undefined;
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[];
}

/**
 * The settings in force and where each comes from, the engine, the data directory, files for registries, and versions.
 *
 * @throws SEQ0170 when seqmirror.yaml breaks a rule, SEQ0702 when it cannot be read
 *
 * @example
 * ```ts
 * const { dataDirectory } = await mirrorInfo(location);
 * console.log(dataDirectory.path);
 * ```
 */
export async function mirrorInfo(location: MirrorLocation): Promise<MirrorInfo> {
  const mirror = await openMirror(location);
  const { settings, root } = mirror;
  const { env } = location;
  const file = join(root, settingsFileName);
  const data = dataDirectory(settings, { mirrorRoot: root, env });
  const registries = registrySettings(settings, root);
  const credentials = credentialFiles({ authFile: registries.authFile, env });
  const conf = await registriesConfFiles({ file: registries.registriesConf, env });
  return {
    mirror: mirror.name,
    id: settings.id,
    folder: forPeople(mirror, root) || '.',
    settings: settingsInForce(settings, {
      text: await readText(inTree(mirror, file)),
      file: forPeople(mirror, file),
      data,
    }),
    dataDirectory: { path: data.root, isThere: await isThere(data.root), freeBytes: await freeBytes(data.root) },
    engine: await engineOf(mirror, env),
    registries: { credentials: await filesInForce(credentials), registriesConf: await filesInForce(conf) },
    environment: environmentInForce(env),
    versions: {
      seqmirror: seqmirrorVersion(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    },
  };
}

async function engineOf({ settings }: Mirror, env: Readonly<NodeJS.ProcessEnv>): Promise<MirrorInfo['engine']> {
  try {
    const { version } = await engineNamed(settings.engine ?? 'auto', { options: engineOptions(settings), env });
    return { name: version.engine, version: version.version, found: version.found, sha256: version.sha256 };
  } catch (error) {
    if (isSeqmirrorError(error)) {
      const { code, what, why, next, details } = error;
      return { problem: { code, what, why, next, details } };
    }
    throw error;
  }
}

async function filesInForce({
  paths,
  namedBy,
}: {
  readonly paths: readonly string[];
  readonly namedBy: string | undefined;
}): Promise<FilesInForce> {
  return { namedBy, files: await Promise.all(paths.map(async (path) => ({ path, isThere: await isThere(path) }))) };
}

const variables = [
  'SEQMIRROR_DATA_DIR',
  'SEQMIRROR_SHARED_DATA_DIR',
  'XDG_DATA_HOME',
  'REGISTRY_AUTH_FILE',
  'CONTAINERS_REGISTRIES_CONF',
  'SEQMIRROR_ALLOWED_SIGNERS',
  'SEQMIRROR_ALLOW_COMMANDS',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'CI',
];

function environmentInForce(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap((name) => {
      const value = env[name] ?? '';
      // Proxies are written with or without a scheme; everything before the last @ of an address is secret.
      return value === '' ? [] : [[name, /proxy$/i.test(name) ? value.replace(/^([a-z]+:\/\/)?.*@/i, '$1') : value]];
    }),
  );
}
