/** Addresses of places in S3-compatible storage: `s3://bucket/prefix`. */
import { storageAddressUnusable } from './errors';

export interface StorageAddress {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** In one form: `s3://bucket/prefix`. */
  readonly text: string;
}

const scheme = 's3://';

/** Whether a place is in object storage, and not a folder. */
export function isStorageAddress(place: string): boolean {
  return place.startsWith(scheme);
}

/**
 * @param text `s3://bucket`, `s3://bucket/prefix`. A prefix has only characters that need no encoding in a URL, so that
 *   every server reads the signed path as we do
 * @throws SEQ0533
 */
export function parseStorageAddress(text: string): StorageAddress {
  const refuse = (why: string): Error => storageAddressUnusable({ address: text, why });
  const [bucket = '', ...parts] = text.slice(scheme.length).replace(/\/+$/, '').split('/');
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (!/^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/.test(bucket))
    throw refuse('The name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens');
  if (parts.some((part) => !/^[A-Za-z0-9._-]+$/.test(part) || part === '.' || part === '..'))
    throw refuse('A prefix has letters, digits, dots, hyphens and underscores between its slashes');
  const prefix = parts.join('/');
  const whole = [`${scheme}${bucket}`, ...parts].join('/');
  // custody.yaml records it on one line.
  if (whole.length > 200) throw refuse('custody.yaml records at most 200 characters');
  return { bucket, prefix, text: whole };
}
