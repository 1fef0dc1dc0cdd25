import { z } from 'zod';

/** How one registry host is reached, if the defaults are not enough. */
export const RegistryHostSettings = z.strictObject({
  insecure: z
    .boolean()
    .optional()
    .describe('Accept plain HTTP and TLS certificates that are not trusted from this host'),
  caFile: z.string().optional().describe('A PEM file with the certificate authorities to trust for this host'),
  parallel: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('How many requests seqmirror sends to this host at the same time'),
  rate: z
    .int()
    .min(16 * 1024)
    .optional()
    .describe(
      'The most bytes per second to and from this host together, for each running command; at least 16384. oc-mirror does not keep this limit; default: no limit',
    ),
  rateHours: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be two times such as 08:00-18:00')
    .refine((hours) => hours.slice(0, 5) !== hours.slice(6), 'must be two different times')
    .optional()
    .describe('The hours in which `rate` applies, by the clock of this machine: `08:00-18:00`; default: always'),
});
export type RegistryHostSettings = z.infer<typeof RegistryHostSettings>;

/** How registries are reached. Every path may be relative to seqmirror.yaml. */
export const RegistrySettings = z.strictObject({
  authFile: z
    .string()
    .optional()
    .describe(
      'The auth file of podman or docker. Without this key, seqmirror uses the same auth files as podman and docker',
    ),
  registriesConf: z
    .string()
    .optional()
    .describe(
      'The file registries.conf. Without this key, seqmirror uses the file that CONTAINERS_REGISTRIES_CONF names, or the registries.conf of this machine',
    ),
  hosts: z
    .record(z.string(), RegistryHostSettings)
    .optional()
    .describe('Settings of single registries, by host or host:port'),
});
export type RegistrySettings = z.infer<typeof RegistrySettings>;
