/**
 * Where oc-mirror keeps parts of releases in working-dir (internal/pkg/release): `hold-release/ocp-release/<tag>/` with
 * the manifests of a payload, `hold-release/cincinnati-graph-data/` with the update graph of each channel, and
 * `signatures/<tag>-sha256-<hex of the payload>`.
 */
import type { WorkingDir } from '../archive/working-dir';

/**
 * Where the manifests of a payload are kept, below working-dir: by the last part of its signed name
 * (`…/ocp-release:4.19.2-x86_64`).
 */
export function manifestsFolder(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return `hold-release/${last.replaceAll(':', '/')}`;
}

export function signaturePath(tag: string, hex: string): string {
  return `signatures/${tag}-sha256-${hex}`;
}

/** @param name `amd64-stable-4.19.json` */
export function graphPath(name: string): string {
  return `hold-release/cincinnati-graph-data/${name}`;
}

/** The releases whose lists of images are among these paths below working-dir. */
export function releasesListedIn(paths: readonly string[]): { readonly tag: string; readonly path: string }[] {
  return paths.flatMap((path) => {
    const tag = manifestIn(path);
    return tag !== undefined && path.endsWith(`/${tag}/release-manifests/image-references`) ? [{ tag, path }] : [];
  });
}

/** The tag of the release that a file below working-dir belongs to; `undefined` if it belongs to none. */
export function releaseTagOf(path: string): string | undefined {
  return manifestIn(path) ?? signatureIn(path)?.tag;
}

/** The tag of the release whose manifest a path is: `hold-release/ocp-release/<tag>/…`. OKD uses other folders. */
function manifestIn(path: string): string | undefined {
  return /^hold-release\/(?!cincinnati-graph-data\/)[^/]+\/([^/]+)\//.exec(path)?.[1];
}

/** Whether a path below working-dir is an update graph's. */
export function isGraphPath(path: string): boolean {
  return path.startsWith('hold-release/cincinnati-graph-data/');
}

/** The signature of a release, with its signer and payload. */
export interface ReleaseSignature {
  readonly tag: string;
  /** The hexadecimal digits of the payload's digest. */
  readonly hex: string;
  readonly content: Buffer;
}

const signatureByteLimit = 1024 ** 2;

/** The kept signatures, one for each path. Files that are too large for signatures are left out. */
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
