import { join } from 'node:path';
import { withoutTransport } from '../../oci/reference';
import { namesIn } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { openRegularBelow } from '../../system/regular-file';

/** An image that oc-mirror could not copy, and its error. */
export interface FailedImage {
  /** `registry.redhat.io/rhel9/postgresql-16@sha256:…` */
  readonly reference: string;
  readonly operators: readonly string[];
  readonly reason: string;
}

const longestReason = 600;
const mostBytes = 4 * 1024 * 1024;

/**
 * The failing images of a run, from `logs/mirroring_errors_<time>.txt`: one entry per image, which may have several
 * lines (oc-mirror internal/pkg/batch/common.go). Nested errors repeat the outer ones; the innermost counts.
 */
export function parseMirroringErrors(text: string): FailedImage[] {
  const failed: FailedImage[] = [];
  for (const entry of text.split(/^(?=error mirroring image )/m)) {
    const match =
      /^error mirroring image (\S+) (?:\(Operator bundles: \[.*?\] - Operators: \[(.*?)\]\) )?error: ([\s\S]*)$/.exec(
        entry,
      );
    if (match === null) continue;
    failed.push({
      reference: withoutTransport(match[1] as string),
      operators: (match[2] ?? '').split(' ').filter((name) => name !== ''),
      reason: (match[3] as string).trim().slice(0, longestReason),
    });
  }
  return failed;
}

/** Reads the failures that the last run listed in its working-dir. Without the file nothing failed. */
export async function readFailedImages(workingDir: string): Promise<FailedImage[]> {
  const folder = join(workingDir, 'logs');
  const names = (await namesIn(folder)).filter((name) => /^mirroring_errors_.*\.txt$/.test(name));
  const newest = names.sort().at(-1);
  if (newest === undefined) return [];
  const file = await openRegularBelow(inPrivateFolder(join(folder, newest)));
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes), position: 0 });
    return parseMirroringErrors(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Why an image failed, as far as its error tells, in the order in which they are reported. */
export const failureKinds = ['signature', 'absent', 'refused', 'time-out', 'other'] as const;
export type FailureKind = (typeof failureKinds)[number];

/**
 * oc-mirror 4.21 and later look for a cosign signature of each image, under the tag `sha256-<hex>.sig`. Partner registries
 * answer NAME_UNKNOWN or a refusal for it instead of MANIFEST_UNKNOWN, and the image itself is there.
 */
export function failureKind({ reason }: Pick<FailedImage, 'reason'>): FailureKind {
  if (
    /sha256-[0-9a-f]{64}\.sig\b|(?:reading|getting|fetching|writing|copying|storing) signatures|sigstore attachment/i.test(
      reason,
    )
  )
    return 'signature';
  if (/manifest unknown|name unknown|NAME_UNKNOWN|MANIFEST_UNKNOWN|not found/i.test(reason)) return 'absent';
  if (/unauthorized|authentication required|denied|forbidden|x509:/i.test(reason)) return 'refused';
  return isTimeout(reason) ? 'time-out' : 'other';
}

export function sortedByKind(failed: readonly FailedImage[]): FailedImage[] {
  return [...failed].sort((a, b) => failureKinds.indexOf(failureKind(a)) - failureKinds.indexOf(failureKind(b)));
}

/** Failures that another try does not change: the image isn't there, or may not be read. */
export function isPermanent(reason: string): boolean {
  return /manifest unknown|name unknown|not found|unauthorized|authentication required|access .*denied|denied:|forbidden|invalid reference format|no instances found for platform|signature|x509:/i.test(
    reason,
  );
}

/**
 * Failures while collecting that may pass. Most others come from the configuration, and collecting again costs
 * catalogs.
 */
export function isTransient(text: string): boolean {
  return /time-?out|timed out|deadline exceeded|too many requests|connection reset|unexpected EOF|temporary failure|status(?: code)?:? (?:429|50[0-4])\b|(?:429|50[0-4]) (?:Too|Internal|Bad|Service|Gateway)/i.test(
    text,
  );
}

/** Failures because the time limit of an image was reached. */
export function isTimeout(reason: string): boolean {
  return /deadline exceeded/i.test(reason);
}
