import { explain } from '../system/errors';
import { printable } from '../system/printable';
import { shellWord } from '../system/shell-word';

/** SEQ0530 */
export const storageUnreachable = explain<{ host: string; subject: string; words: string; cause: unknown }>(
  'SEQ0530',
  ({ host, subject, words, cause }) => ({
    what: `The request to ${printable(host)} for ${printable(subject)} failed: ${printable(words)}`,
    why: 'seqmirror keeps what it has copied completely. Parts of an archive that arrived stay in the storage',
    next: `Check the endpoint, HTTPS_PROXY and NO_PROXY. If the storage has its own certificate authority, set registries.hosts."${printable(host)}".caFile in seqmirror.yaml. Then run the same command again`,
    cause,
  }),
);

/** What a storage answered instead of what was asked for. */
export interface StorageRefusal {
  readonly host: string;
  readonly subject: string;
  readonly status: number;
  /** The code of S3 in the answer: `AccessDenied`. */
  readonly code: string | undefined;
  readonly said: string | undefined;
  /** The region that the storage names in its answer. */
  readonly region?: string | undefined;
}

/** SEQ0531 */
export const storageRefused = explain<StorageRefusal>('SEQ0531', ({ host, subject, status, code, said, region }) => ({
  what: `${printable(host)} answered HTTP ${status}${code === undefined ? '' : ` (${printable(code, { limit: 60 })})`} to the request for ${printable(subject)}`,
  details: said === undefined ? [] : [`it says: ${printable(said, { limit: 300 })}`],
  why: 'The storage did not do what seqmirror asked for',
  next: adviceFor({ status, code, region }),
}));

function adviceFor({ status, code, region }: Pick<StorageRefusal, 'status' | 'code' | 'region'>): string {
  if (code === 'NoSuchBucket') return 'Correct the name of the bucket, or make the bucket. seqmirror makes no bucket';
  if (code === 'RequestTimeTooSkewed') return 'Correct the clock of this machine';
  if (region !== undefined || status === 301 || code === 'AuthorizationHeaderMalformed')
    return `Set the region of the bucket${region === undefined ? '' : ` (${printable(region, { limit: 40 })})`}: storage.buckets.<bucket>.region in seqmirror.yaml`;
  if (code === 'SignatureDoesNotMatch' || code === 'InvalidAccessKeyId')
    return 'Check the credentials, and the endpoint of the bucket in seqmirror.yaml';
  if (status === 401 || status === 403)
    return 'The credentials need the rights to list the bucket, and to read, write and delete objects below the prefix';
  if (status === 429 || status >= 500) return 'Run the same command again later';
  return 'Check the endpoint and the bucket in seqmirror.yaml';
}

/** SEQ0532 */
export const storageWithoutCredentials = explain<{
  place: string;
  profile: string;
  files: readonly string[];
  /** Whether the profile exists, but has no keys. */
  isKnown: boolean;
}>('SEQ0532', ({ place, profile, files, isKnown }) => ({
  what: `There are no credentials for ${printable(place)}`,
  details: [
    'looked at: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ...files.map((file) => `looked at: ${printable(file)}`),
  ],
  why: isKnown
    ? `The profile ${printable(profile)} has no access key. seqmirror does not log in, and starts no program that a profile names`
    : `Neither the environment nor the profile ${printable(profile)} has an access key`,
  next: `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. If the profile needs a login or a role: eval "$(aws configure export-credentials --profile ${shellWord(profile)} --format env)"`,
}));

/** SEQ0533 */
export const storageAddressUnusable = explain<{ address: string; why: string }>('SEQ0533', ({ address, why }) => ({
  what: `${printable(address)} is not a place in object storage`,
  why,
  next: 'Give a place such as s3://bucket/prefix',
}));

/** SEQ0533 */
export const storageWithoutTls = explain<{ bucket: string; host: string }>('SEQ0533', ({ bucket, host }) => ({
  what: `The endpoint of the bucket ${printable(bucket)} is not https`,
  why: 'Without TLS, anybody on the way can read and change what is copied',
  next: `Use https. To accept plain HTTP, set registries.hosts."${printable(host)}".insecure to true in seqmirror.yaml`,
}));

/** SEQ0533 */
export const storageWithoutRegion = explain<{ bucket: string }>('SEQ0533', ({ bucket }) => ({
  what: `The region of the bucket ${printable(bucket)} is not known`,
  why: 'Without an endpoint, seqmirror uses AWS, where a bucket is in a region',
  next: 'Set AWS_REGION, or storage.buckets.<bucket>.region in seqmirror.yaml. For other storage, set storage.buckets.<bucket>.endpoint',
}));
