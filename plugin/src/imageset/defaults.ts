import type { ImageSetConfiguration } from './schema';

const defaultArchiveSize = 500;
const bytesPerGibibyte = 1024 ** 3;

/**
 * Bytes at which an archive ends: `archiveSize` is in GiB, and 500 if it is absent or not positive (oc-mirror
 * internal/pkg/archive/const.go).
 */
export function archiveSizeBytes({ archiveSize = 0 }: ImageSetConfiguration): number {
  return (archiveSize > 0 ? archiveSize : defaultArchiveSize) * bytesPerGibibyte;
}

/** Architectures of the release payloads: amd64 by default (oc-mirror internal/pkg/release/cincinnati.go). */
export function releaseArchitecturesOf({ mirror: { platform } }: ImageSetConfiguration): readonly string[] {
  if (platform?.platforms !== undefined && platform.platforms.length > 0) return ['multi'];
  const architectures = platform?.architectures ?? [];
  return architectures.length > 0 ? architectures : ['amd64'];
}
