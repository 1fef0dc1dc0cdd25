/**
 * The imageset configuration, `mirror.openshift.io/v2alpha1`, as oc-mirror v2 reads it (internal/pkg/api/v2alpha1,
 * releases 4.18 to 5.2). Only shapes: rules across keys are in `rules/`, defaults in `defaults.ts`.
 */
import { z } from 'zod';

/** The largest `archiveSize` in GiB whose bytes are still a safe integer. */
export const largestArchiveSize = 8_388_607;

const text = (description: string) => z.string().describe(description);
const name = (description: string) => z.string().min(1).describe(description);
const flag = (description: string) => z.boolean().describe(description);

const Platform = z.strictObject({
  os: name('Operating system, as in an image index').meta({ examples: ['linux'] }),
  architecture: name('CPU architecture, as in an image index').meta({
    examples: ['amd64', 'arm64', 'ppc64le', 's390x'],
  }),
});
const platforms = z
  .array(Platform)
  .optional()
  .describe('The platforms of multi-architecture images to mirror; default: all platforms (oc-mirror 4.23 and later)');

const minVersion = text(
  'Lowest version to mirror; the versions on the upgrade path from this version are mirrored too',
).optional();
const maxVersion = text('Highest version to mirror').optional();

export const ReleaseChannel = z.strictObject({
  name: name('Release channel').meta({ examples: ['stable-4.19'] }),
  type: text('`ocp` (the default) or `okd`')
    .meta({ examples: ['ocp', 'okd'] })
    .optional(),
  minVersion: text('Lowest release to mirror, for example 4.19.2').optional(),
  maxVersion: text('Highest release to mirror, for example 4.19.9').optional(),
  shortestPath: flag('Mirror only the releases on the shortest upgrade path from minVersion to maxVersion').optional(),
  full: flag('Mirror all releases of the channel, not only the newest').optional(),
});
export type ReleaseChannel = z.infer<typeof ReleaseChannel>;

export const PlatformContent = z.strictObject({
  graph: flag('Build the image with the update graph for the OpenShift Update Service').optional(),
  channels: z.array(ReleaseChannel).optional().describe('The channels from which to mirror releases'),
  architectures: z
    .array(name('Architecture of release payloads').meta({ examples: ['amd64', 'arm64', 'ppc64le', 's390x', 'multi'] }))
    .optional()
    .describe('The architectures of release payloads; default: amd64. Deprecated: use `platforms`'),
  platforms,
  release: text('Image reference of one release payload to mirror, instead of channels').optional(),
  kubeVirtContainer: flag('Mirror the KubeVirt container image of the release too').optional(),
});
export type PlatformContent = z.infer<typeof PlatformContent>;

export const PackageChannel = z.strictObject({
  name: name('Channel of the package').meta({ examples: ['stable-6.2'] }),
  minVersion,
  maxVersion,
});
export type PackageChannel = z.infer<typeof PackageChannel>;

export const OperatorPackage = z.strictObject({
  name: name('Package of the catalog').meta({ examples: ['cluster-logging'] }),
  channels: z.array(PackageChannel).optional().describe('The channels to mirror; default: all channels'),
  defaultChannel: text(
    'Default channel in the mirrored catalog, if the original default channel is not mirrored',
  ).optional(),
  minVersion,
  maxVersion,
});
export type OperatorPackage = z.infer<typeof OperatorPackage>;

export const OperatorCatalog = z.strictObject({
  catalog: name('Catalog image with its tag or digest, or oci:///path of an OCI layout on disk').meta({
    examples: ['registry.redhat.io/redhat/redhat-operator-index:v4.19'],
  }),
  packages: z.array(OperatorPackage).optional().describe('The packages to mirror; default: all packages'),
  full: flag('Mirror all versions in the channels, not only their heads').optional(),
  targetCatalog: text('Repository of the catalog in the destination')
    .meta({ examples: ['lab/my-operators'] })
    .optional(),
  targetTag: text('Tag of the catalog in the destination').optional(),
  targetCatalogSourceTemplate: text('Template file from which the upload makes the CatalogSource').optional(),
  skipDependencies: flag('oc-mirror reads this key, but it has no effect').optional(),
  platforms,
});
export type OperatorCatalog = z.infer<typeof OperatorCatalog>;

export const AdditionalImage = z.strictObject({
  name: name('Image with its tag or digest').meta({ examples: ['registry.redhat.io/ubi9/ubi:9.5'] }),
  targetRepo: text('Repository in the destination (oc-mirror 4.22 and later)').optional(),
  targetTag: text('Tag in the destination (oc-mirror 4.22 and later)').optional(),
  platforms,
});
export type AdditionalImage = z.infer<typeof AdditionalImage>;

const chartKeys = {
  version: text('Version of the chart; the newest when absent').optional(),
  imagePaths: z.array(z.string()).optional().describe('More JSON paths at which the rendered manifests contain images'),
  platforms,
};

export const HelmChart = z.strictObject({
  name: name('Chart of the repository'),
  path: text('Has no effect for a chart in a repository').optional(),
  ...chartKeys,
});
export type HelmChart = z.infer<typeof HelmChart>;

export const LocalChart = z.strictObject({
  path: name('Chart on disk; the same path must exist where the archive is uploaded'),
  name: text('Name of the chart').optional(),
  ...chartKeys,
});
export type LocalChart = z.infer<typeof LocalChart>;

export const HelmRepository = z.strictObject({
  url: name('Address of the repository, ending with a slash').meta({
    examples: ['https://charts.example.org/stable/'],
  }),
  name: name('Name of the repository'),
  charts: z.array(HelmChart).optional().describe('The charts to mirror; default: all charts of the repository'),
});
export type HelmRepository = z.infer<typeof HelmRepository>;

export const MirrorContent = z.strictObject({
  platform: PlatformContent.optional().describe('OpenShift or OKD releases'),
  operators: z.array(OperatorCatalog).optional().describe('Operator catalogs, complete or filtered'),
  additionalImages: z.array(AdditionalImage).optional().describe('Single images'),
  helm: z
    .strictObject({
      repositories: z.array(HelmRepository).optional().describe('Chart repositories'),
      local: z.array(LocalChart).optional().describe('Charts on disk'),
    })
    .optional()
    .describe('Helm charts whose images to mirror (the charts themselves are not mirrored)'),
  blockedImages: z
    .array(z.strictObject({ name: name('Regular expression (Go syntax) that is searched for in the image reference') }))
    .optional()
    .describe('Images to leave out, even if another entry selects them'),
  samples: z
    .array(z.strictObject({ name: text('Name of a sample') }))
    .optional()
    .describe('oc-mirror accepts this key and ignores it'),
});
export type MirrorContent = z.infer<typeof MirrorContent>;

/** The content of the file, without defaults; keys without a value (`packages:`) count as absent, as in oc-mirror. */
export const ImageSetConfiguration = z.strictObject({
  apiVersion: text('mirror.openshift.io/v2alpha1')
    .meta({ examples: ['mirror.openshift.io/v2alpha1'] })
    .optional(),
  kind: z.literal('ImageSetConfiguration').describe('ImageSetConfiguration'),
  archiveSize: z.int().max(largestArchiveSize).optional().describe('The size of one archive in GiB; default: 500'),
  mirror: MirrorContent.describe('What to mirror'),
});
export type ImageSetConfiguration = z.infer<typeof ImageSetConfiguration>;
