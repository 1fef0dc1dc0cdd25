import { resolve } from 'node:path';
import { z } from 'zod';
import type { EngineOptions } from '../engine/engine';
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
    .describe('Names the data directory of this mirror; the same in every clone, never changed'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots, hyphens and underscores, at most 63')
    .optional()
    .describe("The Nx project's name; default: the folder's name"),
  engine: z
    .enum(['auto', 'oc-mirror', 'embedded'])
    .optional()
    .describe('What mirrors. auto (the default): oc-mirror where it is installed, else the embedded engine'),
  dataDir: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where archives, stage and cache live: an absolute path outside every work tree; default: $XDG_DATA_HOME/seqmirror/<id>',
    ),
  ocMirror: z
    .strictObject({
      binary: z.string().min(1).optional().describe('The oc-mirror program; default: looked for on PATH'),
      imageTimeout: z
        .int()
        .min(60)
        .optional()
        .describe('Seconds that one image may take, all its retries included; default: 7200'),
      removeSignatures: z
        .boolean()
        .optional()
        .describe(
          'Leave cosign signatures behind. oc-mirror 4.21 and later refuse releases without one else; default: false',
        ),
      slim: z
        .boolean()
        .optional()
        .describe(
          'Take out of its archives what disk-to-mirror does not read. With versions up to 5.0 that writes an archive once more where it saves over 3 %; false keeps their blobs where they are; default: true',
        ),
    })
    .optional(),
  embedded: z
    .strictObject({
      attachments: z
        .enum(['all', 'signatures', 'none'])
        .optional()
        .describe(
          'What is taken of what cosign attaches to images: all (the default) with attestations and SBOMs, signatures alone as oc-mirror does, or none',
        ),
      ifRefused: z
        .enum(['fail', 'skip'])
        .optional()
        .describe(
          'Whether a run ends (fail, the default) or goes on without (skip) where a registry refuses to tell what is attached: with 400, 401, 403 or 5xx',
        ),
      resolveDependencies: z
        .boolean()
        .optional()
        .describe(
          'Whether operators that selected ones need are mirrored too, out of the same catalog; sequence.yaml decides otherwise for one sequence; default: false',
        ),
    })
    .optional(),
  helm: z
    .strictObject({
      binary: z
        .string()
        .min(1)
        .optional()
        .describe('The helm program, which renders charts for the embedded engine; default: looked for on PATH'),
    })
    .optional(),
  parallelImages: z.int().min(1).max(10).optional().describe('Images at the same time; default: 4'),
  parallelLayers: z.int().min(1).max(10).optional().describe('Layers of one image at the same time; default: 5'),
  retries: z
    .int()
    .min(0)
    .max(20)
    .optional()
    .describe(
      'How often a failed request is tried again, and a transfer of which fewer than 32 KiB came within a minute; default: 5',
    ),
  registries: RegistrySettings.optional().describe('How registries are reached'),
  ci: z
    .enum(['allow', 'refuse'])
    .optional()
    .describe('Whether planned sequences may be mirrored where CI=true; default: refuse'),
  graph: z
    .strictObject({
      show: z
        .union([z.literal('all'), z.int().min(1).max(highestSequenceNumber)])
        .optional()
        .describe(
          'How many of the newest sealed sequences are Nx projects, or all; the older ones share one project, such as mirror-older; default: 24',
        ),
    })
    .optional()
    .describe('How Nx shows the chain'),
  signing: SigningSettings.optional().describe('How chain.lock and bundles are signed; without it they are not'),
  requireSignatures: z
    .boolean()
    .optional()
    .describe(
      'Refuse to seal and to bundle what cannot be signed, a chain.lock and bundles whose signature is missing or wrong, and receipts that are not signed; default: false',
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
  const next = 'docs/reference.md lists every key; editors complete them by the first line of the file';
  throw errorOfFindings(findings, { next });
}
