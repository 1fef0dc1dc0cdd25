import { z } from 'zod';

/** How one registry host is reached, if the defaults are not enough. */
export const RegistryHostSettings = z.strictObject({
  insecure: z.boolean().optional().describe('Accept plain HTTP and unverified TLS from this host'),
  caFile: z.string().optional().describe('PEM file of certificate authorities to trust for this host'),
  parallel: z.int().min(1).max(64).optional().describe('Requests at the same time to this host'),
});
export type RegistryHostSettings = z.infer<typeof RegistryHostSettings>;

/** How registries are reached. Every path may be relative to seqmirror.yaml. */
export const RegistrySettings = z.strictObject({
  authFile: z.string().optional().describe('Credentials in the form of podman or docker; else where those look'),
  registriesConf: z
    .string()
    .optional()
    .describe("registries.conf with mirrors; else CONTAINERS_REGISTRIES_CONF, else the host's"),
  hosts: z.record(z.string(), RegistryHostSettings).optional().describe('By host or host:port'),
});
export type RegistrySettings = z.infer<typeof RegistrySettings>;
