/**
 * Credentials for S3-compatible storage, from where AWS's own tools look: the environment, then the profile in the
 * files `credentials` and `config`. Nothing is run and nobody is asked: profiles that need a login or a program are
 * named to people, with the command that exports them.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readNamedBytesIfThere } from '../system/text-file';
import { storageWithoutCredentials } from './errors';

export interface StorageCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** What the environment and the profile say about a storage. */
export interface StorageProfile {
  readonly credentials: StorageCredentials;
  readonly region: string | undefined;
}

type Env = Readonly<NodeJS.ProcessEnv>;

/** @throws SEQ0532 without credentials, SEQ0702 if a file cannot be read */
export async function storageProfile(env: Env, place: string): Promise<StorageProfile> {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;
  const [id, secret] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  const profile = env['AWS_PROFILE'] || 'default';
  const home = join(env['HOME'] || homedir(), '.aws');
  const files = [
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, 'credentials'),
    env['AWS_CONFIG_FILE'] || join(home, 'config'),
  ];
  const [credentials, config] = await Promise.all(files.map((file) => keysOf(file, profile)));
  const known = region ?? config?.get('region') ?? credentials?.get('region');
  if (id && secret) {
    const sessionToken = env['AWS_SESSION_TOKEN'] || undefined;
    return { credentials: { accessKeyId: id, secretAccessKey: secret, sessionToken }, region: known };
  }
  for (const keys of [credentials, config]) {
    const [accessKeyId, secretAccessKey] = [keys?.get('aws_access_key_id'), keys?.get('aws_secret_access_key')];
    if (accessKeyId && secretAccessKey) {
      const sessionToken = keys?.get('aws_session_token');
      return { credentials: { accessKeyId, secretAccessKey, sessionToken }, region: known };
    }
  }
  throw storageWithoutCredentials({
    place,
    profile,
    files,
    isKnown: (credentials?.size ?? 0) + (config?.size ?? 0) > 0,
  });
}

/** The keys of one profile; empty if the file or the profile is missing. */
async function keysOf(file: string, profile: string): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  let isOurs = false;
  const text = (await readNamedBytesIfThere(file))?.toString('utf8') ?? '';
  for (const line of text.split('\n')) {
    const [, section] = /^\s*\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line) ?? [];
    if (section !== undefined) isOurs = section === profile;
    // A line that begins with a space belongs to a nested setting.
    const [, key, value] = /^([a-z_]+)\s*=\s*(\S*)\s*$/.exec(line) ?? [];
    if (isOurs && key !== undefined && value) keys.set(key, value);
  }
  return keys;
}
