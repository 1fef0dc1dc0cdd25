/** Auth files of podman (containers-auth.json(5)) and docker (config.json): one format, two habits of naming entries. */
import { z } from 'zod';
import { reasonOf } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import { readNamedText } from '../system/text-file';
import { authFileUnusable } from './configuration-errors';

export type Credentials =
  | { readonly username: string; readonly password: string; readonly identityToken?: never | undefined }
  | { readonly identityToken: string; readonly username?: string | undefined };

export interface AuthFile {
  readonly path: string;
  /** By key as written: `quay.io/org`, `registry.redhat.io`, `https://index.docker.io/v1/`. */
  readonly auths: ReadonlyMap<string, AuthEntry>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore?: string | undefined;
}

const AuthEntry = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
});
type AuthEntry = z.infer<typeof AuthEntry>;

/** Including those of docker's own configuration, which may be the same file. */
const mapsOfAuthFile = ['auths', 'credHelpers', 'HttpHeaders', 'proxies', 'plugins', 'aliases'];

const AuthFileText = z.object({
  auths: z.record(z.string(), AuthEntry).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

/**
 * Reads an auth file. `undefined` if there is no file, unless it is required. Keys that aren't about credentials are
 * ignored.
 *
 * @throws SEQ0512 when a required file is missing, or a file can't be read or parsed
 */
export async function readAuthFile(path: string, { required }: { required: boolean }): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readNamedText(path, { limit: 16 * 1024 ** 2 });
  } catch (error) {
    const reason = reasonOf(error);
    if (!required && ['ENOENT', 'ENOTDIR', 'EACCES'].includes(reason)) return undefined;
    throw authFileUnusable({ file: path, problem: `it cannot be read (${reason})`, cause: error });
  }
  const parsed = AuthFileText.safeParse(valueOfJson(text.replace(/^\uFEFF/, '').trim() || '{}', mapsOfAuthFile));
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? '';
    throw authFileUnusable({
      file: path,
      problem: place === '' ? 'it is not a JSON object, or contains a key twice' : `"${place}" has the wrong type`,
    });
  }
  const { auths, credHelpers, credsStore } = parsed.data;
  return {
    path,
    auths: new Map(Object.entries(auths ?? {})),
    credHelpers: new Map(Object.entries(credHelpers ?? {})),
    credsStore: credsStore || undefined,
  };
}

/**
 * The entry for a repository: `host/org/app`, then `host/org`, then `host`, then keys that are addresses
 * (`https://host/v1/`), as docker wrote them. Entries without credentials, which docker leaves behind, don't count.
 *
 * @throws SEQ0512 when the entry's `auth` isn't the base64 of `user:password`
 */
export function entryFor(
  file: AuthFile,
  { host, repository }: { readonly host: string; readonly repository: string },
): { readonly key: string; readonly credentials: Credentials } | undefined {
  const wanted = hostNamed(host);
  const keys = [
    ...namespacesOf(`${host}/${repository}`),
    ...[...file.auths.keys()].filter((key) => hostNamed(key) === wanted),
  ];
  for (const key of keys) {
    const entry = file.auths.get(key);
    const credentials = entry === undefined ? undefined : credentialsOf(entry, { file: file.path, key });
    if (credentials !== undefined) return { key, credentials };
  }
  return undefined;
}

function namespacesOf(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('/'));
}

// The host of a key that is an address; any other key with a path is a namespace, not a host.
function hostNamed(key: string): string {
  const address = /^https?:\/\/([^/]+)/.exec(key);
  const host = address?.[1] ?? key;
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}

function credentialsOf(entry: AuthEntry, { file, key }: { file: string; key: string }): Credentials | undefined {
  const [username, password] = entry.auth ? decoded(entry.auth, { file, key }) : [entry.username, entry.password];
  if (entry.identitytoken) return { identityToken: entry.identitytoken, ...(username ? { username } : {}) };
  return username && password !== undefined && password !== null ? { username, password } : undefined;
}

function decoded(auth: string, { file, key }: { file: string; key: string }): [string, string] {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1)
    throw authFileUnusable({ file, problem: `\`auth\` of the entry "${key}" is not user:password in base64` });
  // docker pads with NUL
  return [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, '')];
}
