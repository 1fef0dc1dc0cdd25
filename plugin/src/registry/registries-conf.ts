/**
 * registries.conf, version 2 (containers-registries.conf(5)): where registries really are, their mirrors, which of them
 * are insecure or blocked. Short names and aliases are not used here: references are complete.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { reasonOf } from '../system/errors';
import { readNamedText } from '../system/text-file';
import { registriesConfUnusable } from './configuration-errors';

export interface RegistriesConf {
  /** One entry per prefix; the file that is read last decides. */
  readonly registries: readonly RegistryEntry[];
}

export interface RegistryEntry {
  /** `quay.io`, `quay.io/org`, or `*.example.com`. */
  readonly prefix: string;
  /** Replaces the prefix. Absent only with a wildcard: then the name stays as it is. */
  readonly location?: string | undefined;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly RegistryMirror[];
  /** For messages. */
  readonly file: string;
}

export interface RegistryMirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly pulls: 'all' | 'digest-only' | 'tag-only';
}

const locationPattern = /^(?:(?:\*\.)?[\w.:[\]-]+(?:\/[\w.-]+)*)?$/;

const MirrorText = z.object({
  location: z.string(),
  insecure: z.boolean().default(false),
  'pull-from-mirror': z.enum(['all', 'digest-only', 'tag-only']).optional(),
});
const RegistryText = z.object({
  prefix: z.string().default(''),
  location: z.string().default(''),
  insecure: z.boolean().default(false),
  blocked: z.boolean().default(false),
  'mirror-by-digest-only': z.boolean().default(false),
  mirror: z.array(MirrorText).default([]),
});
const ConfText = z.object({ registry: z.array(RegistryText).default([]), registries: z.unknown().optional() });

/**
 * Reads the effective configuration: only the file of the settings, else only that of CONTAINERS_REGISTRIES_CONF; else
 * the user's or the host's file and the drop-ins in `registries.conf.d`, in the order of their names (if two have the
 * same name, the user's).
 *
 * @throws SEQ0511 with the line, when a file can't be read or breaks a rule
 */
export async function loadRegistriesConf({
  file,
  env,
}: {
  file?: string | undefined;
  env: Readonly<NodeJS.ProcessEnv>;
}): Promise<RegistriesConf> {
  const { paths: files, namedBy } = await registriesConfFiles({ file, env });
  const byPrefix = new Map<string, RegistryEntry>();
  for (const path of files) {
    const text = await readConf(path, { required: namedBy !== undefined });
    for (const entry of text === undefined ? [] : parseRegistriesConf(text, path)) byPrefix.set(entry.prefix, entry);
  }
  return { registries: [...byPrefix.values()] };
}

/**
 * The files that `loadRegistriesConf` reads, in order.
 *
 * @returns namedBy what names the only file, which may be missing; `undefined`: they are those of the user and the host
 */
export async function registriesConfFiles({
  file,
  env,
}: {
  file?: string | undefined;
  env: Readonly<NodeJS.ProcessEnv>;
}): Promise<{
  readonly paths: readonly string[];
  readonly namedBy: 'settings' | 'CONTAINERS_REGISTRIES_CONF' | undefined;
}> {
  if (file !== undefined) return { paths: [file], namedBy: 'settings' };
  const fromEnvironment = env['CONTAINERS_REGISTRIES_CONF'];
  if (fromEnvironment) return { paths: [fromEnvironment], namedBy: 'CONTAINERS_REGISTRIES_CONF' };
  return { paths: await filesOfHost(env), namedBy: undefined };
}

/**
 * Reads the text of one file. If entries have the same prefix, the first counts.
 *
 * @throws SEQ0511
 */
export function parseRegistriesConf(text: string, file: string): RegistryEntry[] {
  const refuse = (problem: string) => registriesConfUnusable({ file, problem });
  const conf = ConfText.safeParse(parseToml(text, file));
  if (!conf.success) {
    const issue = conf.error.issues[0];
    throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'this value is not allowed'}`);
  }
  if (conf.data.registries !== undefined)
    throw refuse('it has the old format, version 1 ([registries.search]), which podman no longer reads either');
  const entries = conf.data.registry.map((registry): RegistryEntry => {
    const location = checkedLocation(registry.location, refuse);
    const prefix = checkedLocation(registry.prefix, refuse) || location;
    const wildcard = prefix.startsWith('*.');
    if (prefix === '') throw refuse('a [[registry]] has no prefix and no location');
    if (wildcard && /[/@:]/.test(prefix))
      throw refuse(`prefix "${prefix}": a wildcard prefix is "*." and a domain, without port or path`);
    if (!wildcard && location === '') throw refuse(`prefix "${prefix}" has no location`);
    return {
      prefix,
      ...(location === '' ? {} : { location }),
      insecure: registry.insecure,
      blocked: registry.blocked,
      mirrors: registry.mirror.map((mirror) => mirrorOf(mirror, registry['mirror-by-digest-only'], prefix, refuse)),
      file,
    };
  });
  return entries.filter(({ prefix }, index) => entries.findIndex((entry) => entry.prefix === prefix) === index);
}

function mirrorOf(
  mirror: z.infer<typeof MirrorText>,
  byDigestOnly: boolean,
  prefix: string,
  refuse: (problem: string) => Error,
): RegistryMirror {
  const location = checkedLocation(mirror.location, refuse);
  const pulls = mirror['pull-from-mirror'];
  if (location === '') throw refuse(`a mirror of "${prefix}" has no location`);
  if (byDigestOnly && pulls !== undefined)
    throw refuse(
      `"${prefix}" has mirror-by-digest-only, and one of its mirrors has pull-from-mirror; only one of the two is allowed`,
    );
  return { location, insecure: mirror.insecure, pulls: byDigestOnly ? 'digest-only' : (pulls ?? 'all') };
}

function checkedLocation(text: string, refuse: (problem: string) => Error): string {
  if (/^https?:\/\//.test(text)) throw refuse(`"${text}" must not begin with http:// or https://`);
  const location = text.replace(/\/+$/, '');
  if (!locationPattern.test(location)) throw refuse(`"${text}" is not a host or a host with a path`);
  return location;
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [problem = 'it is not TOML'] = error.message.replace('Invalid TOML document: ', '').split('\n');
    throw registriesConfUnusable({ file, problem, line: error.line, column: error.column, cause: error });
  }
}

async function filesOfHost(env: Readonly<NodeJS.ProcessEnv>): Promise<string[]> {
  const user = env['XDG_CONFIG_HOME'] || (env['HOME'] === undefined ? undefined : join(env['HOME'], '.config'));
  const folders = [
    ...(user === undefined ? [] : [join(user, 'containers')]),
    '/etc/containers',
    '/usr/share/containers',
  ];
  const dropIns = new Map<string, string>();
  let main: string | undefined;
  for (const folder of folders) {
    const names = await namesIn(folder);
    if (names.includes('registries.conf')) main ??= join(folder, 'registries.conf');
    for (const name of names.includes('registries.conf.d') ? await namesIn(join(folder, 'registries.conf.d')) : []) {
      if (name.endsWith('.conf') && !dropIns.has(name)) dropIns.set(name, join(folder, 'registries.conf.d', name));
    }
  }
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return [...(main === undefined ? [] : [main]), ...sorted];
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function readConf(path: string, { required }: { required: boolean }): Promise<string | undefined> {
  try {
    return await readNamedText(path);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'ENOENT' && !required) return undefined;
    throw registriesConfUnusable({ file: path, problem: `it cannot be read (${reason})`, cause: error });
  }
}
