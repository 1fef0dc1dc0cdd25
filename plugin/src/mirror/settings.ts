import { resolve } from 'node:path';
import { z } from 'zod';
import type { EngineOptions } from '../engine/engine';
import { StorageSettings } from '../object-storage/settings';
import { RegistrySettings } from '../registry/settings';
import { highestSequenceNumber } from '../sequence/folder';
import { errorOfFindings } from '../system/errors';
import { readYaml } from '../yaml/read-yaml';
import { recordSchema } from '../yaml/schema-version';
import { SigningSettings } from './signing-settings';

/** seqmirror.yaml: what makes a folder a mirror, and how it works. */
export const MirrorSettings = z.strictObject({
  schema: z.literal(recordSchema),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, at most 63')
    .describe(
      'The name of the data directory of this mirror. The name is the same in every clone. Never change this name',
    ),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots, hyphens and underscores, at most 63')
    .optional()
    .describe('The name of the Nx project; default: the name of the folder'),
  engine: z
    .enum(['auto', 'oc-mirror', 'embedded'])
    .optional()
    .describe(
      'The engine. With auto (the default), seqmirror uses oc-mirror if it is installed, otherwise the embedded engine',
    ),
  dataDir: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The data directory, for archives, downloads and caches: an absolute path outside every Git work tree; default: $XDG_DATA_HOME/seqmirror/<id>',
    ),
  ocMirror: z
    .strictObject({
      binary: z.string().min(1).optional().describe('The oc-mirror program; default: oc-mirror on PATH'),
      imageTimeout: z
        .int()
        .min(60)
        .optional()
        .describe('The time limit for one image in seconds, including all retries; default: 7200'),
      removeSignatures: z
        .boolean()
        .optional()
        .describe(
          'Do not mirror cosign signatures. With false, oc-mirror 4.21 and later refuse releases without a cosign signature; default: false',
        ),
      slim: z
        .boolean()
        .optional()
        .describe(
          'Delete from archives the files that disk-to-mirror does not read. For oc-mirror up to 5.0, this writes an archive once more, if it saves more than 3 %. With false, the blobs stay where they are; default: true',
        ),
    })
    .optional(),
  embedded: z
    .strictObject({
      attachments: z
        .enum(['all', 'signatures', 'none'])
        .optional()
        .describe(
          'The attachments of cosign that seqmirror mirrors: signatures, attestations and SBOMs (all, the default), only signatures, as oc-mirror does (signatures), or no attachments (none)',
        ),
      ifRefused: z
        .enum(['fail', 'skip'])
        .optional()
        .describe(
          'What seqmirror does if a registry refuses to say which attachments exist (HTTP 400, 401, 403 or 5xx): end the run (fail, the default), or continue without the attachments (skip)',
        ),
      resolveDependencies: z
        .boolean()
        .optional()
        .describe(
          'Also mirror operators of the same catalog that the selected operators need. For one sequence, sequence.yaml can set another value; default: false',
        ),
    })
    .optional(),
  helm: z
    .strictObject({
      binary: z
        .string()
        .min(1)
        .optional()
        .describe('The helm program, which renders charts for the embedded engine; default: helm on PATH'),
    })
    .optional(),
  parallelImages: z
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe('How many images seqmirror downloads at the same time; default: 4'),
  parallelLayers: z
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe('How many layers of one image seqmirror downloads at the same time; default: 5'),
  retries: z
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe(
      'How often seqmirror repeats a request that failed, or a download that brings fewer than 32 KiB within a minute; default: 5',
    ),
  registries: RegistrySettings.optional().describe('How to reach registries'),
  storage: StorageSettings.optional().describe('S3-compatible storage for copies of archives'),
  ci: z
    .enum(['allow', 'refuse'])
    .optional()
    .describe('Whether seqmirror may mirror planned sequences in CI; default: refuse'),
  graph: z
    .strictObject({
      show: z
        .union([z.literal('all'), z.int().min(1).max(highestSequenceNumber)])
        .optional()
        .describe(
          'How many of the newest sealed sequences are Nx projects: a number, or all. All older sequences share one project, for example mirror-older; default: 24',
        ),
    })
    .optional()
    .describe('How the project graph of Nx shows the chain'),
  signing: SigningSettings.optional().describe(
    'How to sign chain.lock and bundles; without this key, seqmirror does not sign',
  ),
  requireSignatures: z
    .boolean()
    .optional()
    .describe(
      'Require signatures. seqmirror then seals and bundles only if it can sign, and refuses a chain.lock, a bundle or a receipt without a valid signature; default: false',
    ),
});
export type MirrorSettings = z.infer<typeof MirrorSettings>;

/** The engine's options with every default filled in. */
export function engineOptions(settings: MirrorSettings): EngineOptions {
  return {
    ocMirrorBinary: settings.ocMirror?.binary === undefined ? undefined : settings.ocMirror.binary,
    helmBinary: settings.helm?.binary,
    parallelImages: settings.parallelImages ?? 4,
    parallelLayers: settings.parallelLayers ?? 5,
    retries: settings.retries ?? 5,
    // oc-mirror's own default of ten minutes covers an image with all its retries: too little for a slow link.
    imageTimeoutSeconds: settings.ocMirror?.imageTimeout ?? 7200,
    removeSignatures: settings.ocMirror?.removeSignatures ?? false,
    slim: settings.ocMirror?.slim ?? true,
    attachments: {
      taken: settings.embedded?.attachments ?? 'all',
      ifRefused: settings.embedded?.ifRefused ?? 'fail',
    },
  };
}

/** How registries are reached, with every path absolute. */
export function registrySettings({ registries = {} }: MirrorSettings, mirrorRoot: string): RegistrySettings {
  const absolute = (path: string) => resolve(mirrorRoot, path);
  const hosts = Object.entries(registries.hosts ?? {}).map(([host, settings]) => [
    host,
    { ...settings, caFile: settings.caFile === undefined ? undefined : absolute(settings.caFile) },
  ]);
  return {
    authFile: registries.authFile === undefined ? undefined : absolute(registries.authFile),
    registriesConf: registries.registriesConf === undefined ? undefined : absolute(registries.registriesConf),
    hosts: Object.fromEntries(hosts),
  };
}

/** @throws SEQ0170 with every finding, each with its line and column */
export function requireSettings(text: string, file: string): MirrorSettings {
  const { value, findings } = readYaml(text, file, {
    schema: MirrorSettings,
    codes: { text: 'SEQ0170', value: 'SEQ0170' },
    maxCharacters: 64 * 1024,
  });
  if (findings.length === 0) return value as MirrorSettings;
  const next =
    'Look up the keys in docs/reference.md. Editors complete keys by the schema in the first line of the file';
  throw errorOfFindings(findings, { next });
}
