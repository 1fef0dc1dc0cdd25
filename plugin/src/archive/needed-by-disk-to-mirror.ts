/**
 * What oc-mirror's disk-to-mirror reads from an archive besides blobs and links. Found by leaving out one file at a
 * time and comparing what arrived (reference oc-mirror-v2, section 0b.1, measured with oc-mirror main of 2026-08).
 */

/** The part of an imageset configuration that these rules depend on. An ImageSetDocument is one. */
export interface DiskToMirrorConfig {
  readonly config: {
    readonly mirror: {
      readonly platform?:
        | { readonly channels?: readonly unknown[] | undefined; readonly kubeVirtContainer?: boolean | undefined }
        | undefined;
      readonly operators?: readonly CatalogConfig[] | undefined;
      readonly helm?:
        | { readonly repositories?: readonly { readonly charts?: readonly unknown[] | undefined }[] | undefined }
        | undefined;
    };
  };
}

interface CatalogConfig {
  readonly catalog: string;
  readonly full?: boolean | undefined;
  readonly packages?: readonly unknown[] | undefined;
}

type Mirror = DiskToMirrorConfig['config']['mirror'];

interface Rule {
  /** Matches the entry's path below working-dir. The first rule that matches decides. */
  readonly path: RegExp;
  readonly needed: (mirror: Mirror) => boolean;
}

const never = (): boolean => false;
const always = (): boolean => true;

const rules: readonly Rule[] = [
  // 0b.1, rule 1: made again, or never read.
  { path: /^(logs|dry-run|\.history|cluster-resources|graph-preparation|release-images)\//, needed: never },
  { path: /^[^/]*isc_pinned[^/]*$/, needed: never },
  { path: /^operator-catalogs\/.*\/filtered-catalog-image\//, needed: never },
  // Rule 2: a warning less, for a few bytes.
  { path: /^internal\/oc-mirror-version\.json$/, needed: always },
  // Rule 4: without them d2m filters again, from the source, which nobody can reach there.
  { path: /^operator-catalogs\/.*\/filtered-catalogs\//, needed: always },
  // Rule 3: only a whole catalog from a folder is read from here, if that folder isn't on the other side.
  { path: /^operator-catalogs\/[^/]+\/[^/]+\/(catalog-image|catalog-config)\//, needed: hasWholeCatalogFromFolder },
  // Rule 5. For kubeVirtContainer: oc-mirror internal/pkg/release/local_stored_collector.go.
  { path: /^hold-release\/.*\/release-manifests\/image-references$/, needed: always },
  {
    path: /^hold-release\/.*\/release-manifests\/0000_50_installer_coreos-bootimages\.yaml$/,
    needed: ({ platform }) => platform?.kubeVirtContainer === true,
  },
  { path: /^hold-release\/.*\/release-manifests\//, needed: never },
  { path: /^signatures\//, needed: always },
  // Rule 6.
  { path: /^hold-release\/cincinnati-graph-data\//, needed: ({ platform }) => (platform?.channels ?? []).length > 0 },
  { path: /^helm\/charts\//, needed: ({ helm }) => (helm?.repositories ?? []).length > 0 },
  {
    path: /^helm\/indexes\//,
    needed: ({ helm }) => (helm?.repositories ?? []).some(({ charts }) => (charts ?? []).length === 0),
  },
];

const workingDir = 'working-dir/';

/**
 * Whether disk-to-mirror with this configuration may read an entry. Entries that no rule matches are kept below
 * working-dir, but not outside it, since oc-mirror skips those (0b.8).
 */
export function neededByDiskToMirror(entryName: string, { config }: DiskToMirrorConfig): boolean {
  if (!entryName.startsWith(workingDir)) return false;
  const path = entryName.slice(workingDir.length);
  return rules.find((rule) => rule.path.test(path))?.needed(config.mirror) ?? true;
}

function hasWholeCatalogFromFolder({ operators = [] }: Mirror): boolean {
  return operators.some(
    ({ catalog, full, packages }) => catalog.startsWith('oci:') && full === true && (packages ?? []).length === 0,
  );
}
