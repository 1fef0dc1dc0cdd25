import { z } from 'zod';

/** One bucket of S3-compatible storage. How its host is reached, is in `registries.hosts`. */
export const BucketSettings = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://s3.example:9000' })
    .refine((url) => /^https?:\/\/[^/@?#]+\/?$/.test(url), 'must be a URL without path, user and password')
    .optional()
    .describe(
      'The URL of the storage, for example `https://s3.example:9000`. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS itself. http:// needs `insecure: true` in `registries.hosts`',
    ),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and hyphens')
    .optional()
    .describe(
      'The region. Default: AWS_REGION, AWS_DEFAULT_REGION, the region of the AWS profile, or us-east-1 if there is an endpoint',
    ),
});
export type BucketSettings = z.infer<typeof BucketSettings>;

/** The buckets that places such as `s3://bucket/prefix` name. Credentials are never settings. */
export const StorageSettings = z.strictObject({
  buckets: z
    .record(z.string(), BucketSettings)
    .optional()
    .describe('Settings of single buckets of S3-compatible storage, by the name of the bucket'),
});
export type StorageSettings = z.infer<typeof StorageSettings>;
