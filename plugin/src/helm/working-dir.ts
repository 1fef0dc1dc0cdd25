/**
 * Where oc-mirror keeps charts in working-dir (internal/pkg/helm): `helm/charts/<name>-<version>.tgz` with the version
 * as the index writes it, and `helm/indexes/<host and path of the repository>/index.yaml`.
 */
import { canonicalVersion } from './chart-version';

/**
 * The chart's file name in archives; `undefined` for a name that cannot be part of a path. 4.19 to 4.21 look for the
 * version as it is written, main for the whole version, with or without a leading `v`.
 */
export function chartFileName({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}): string | undefined {
  const canonical = canonicalVersion(version);
  if (canonical === undefined || !/^[A-Za-z0-9_][\w.+-]*$/.test(name)) return undefined;
  const written = version === `v${canonical}` ? version : canonical;
  return `working-dir/helm/charts/${name}-${written}.tgz`;
}

/** The file name of the index of a repository whose charts are not listed. `undefined` if its address is not a path. */
export function indexFileName(url: string): string | undefined {
  // getNamespaceFromURL: the parts between the slashes, from the host on.
  const parts = url
    .split('/')
    .slice(2, -1)
    .filter((part) => part !== '');
  const isPath = parts.length > 0 && parts.every((part) => /^[^\\\p{Cc}]+$/u.test(part) && !/^\.{1,2}$/.test(part));
  return isPath ? `working-dir/helm/indexes/${parts.join('/')}/index.yaml` : undefined;
}
