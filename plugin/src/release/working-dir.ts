/**
 * Where oc-mirror keeps parts of releases in working-dir (internal/pkg/release): `hold-release/ocp-release/<tag>/` with
 * the manifests of a payload, `hold-release/cincinnati-graph-data/` with the update graph of each channel, and
 * `signatures/<tag>-sha256-<hex of the payload>`.
 */
import type { WorkingDir } from '../archive/working-dir';

/** The list of a release's images, below working-dir. */
export function imageReferencesPath(tag: string): string {
  return `hold-release/ocp-release/${tag}/release-manifests/image-references`;
}

/** The releases whose lists of images are among these paths below working-dir. */
export function releasesListedIn(paths: readonly string[]): { readonly tag: string; readonly path: string }[] {
  return paths.flatMap((path) => {
    const tag = /^hold-release\/ocp-release\/([^/]+)\//.exec(path)?.[1];
    return tag !== undefined && path === imageReferencesPath(tag) ? [{ tag, path }] : [];
  });
}

/** The tag of the release that a file below working-dir is a part of. `undefined`: of none. */
export function releaseTagOf(path: string): string | undefined {
  return /^hold-release\/ocp-release\/([^/]+)\//.exec(path)?.[1] ?? signatureIn(path)?.tag;
}

/** Whether a path below working-dir is an update graph's. */
export function isGraphPath(path: string): boolean {
  return path.startsWith('hold-release/cincinnati-graph-data/');
}

/** The signature of a release: whose, and over which payload. */
export interface ReleaseSignature {
  readonly tag: string;
  /** Of the payload's digest. */
  readonly hex: string;
  readonly content: Buffer;
}

const signatureByteLimit = 1024 ** 2;

/** The signatures that are kept, one for each path. Those that are larger than signatures are left out. */
export async function releaseSignaturesIn(workingDir: WorkingDir): Promise<ReleaseSignature[]> {
  const signatures: ReleaseSignature[] = [];
  for (const path of workingDir.paths) {
    const named = signatureIn(path);
    const content = named === undefined ? undefined : await workingDir.file(path)?.read({ limit: signatureByteLimit });
    if (named !== undefined && content !== undefined) signatures.push({ ...named, content });
  }
  return signatures;
}

function signatureIn(path: string): { tag: string; hex: string } | undefined {
  const [, tag, hex] = /^signatures\/(.+)-sha256-([0-9a-f]{64})$/.exec(path) ?? [];
  return tag === undefined || hex === undefined ? undefined : { tag, hex };
}
