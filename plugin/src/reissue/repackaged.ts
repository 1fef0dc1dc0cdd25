/** The records of a sequence whose archives were repackaged. Pure; nothing that changes here is part of its seal. */
import type { SequenceMetadata } from '../sequence/metadata';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import type { RecordedArchive } from './own-archives';

/** seq-metadata.yaml with other archives: what a new site needs changes by the difference. */
export function repackaged(metadata: SequenceMetadata, archives: readonly RecordedArchive[]): SequenceMetadata {
  const { air_gapped_transfer: transfer } = metadata;
  const bytes = sumOfBytes(archives);
  const before = transfer.complete ? transfer.transfer_bytes : transfer.differential_bytes;
  const cumulativeBytes = transfer.cumulative_bytes - before + bytes;
  const whole = { cumulative_size: formatBytes(cumulativeBytes), cumulative_bytes: cumulativeBytes };
  return {
    ...metadata,
    archives: [...archives].sort((a, b) => (a.name < b.name ? -1 : 1)),
    air_gapped_transfer: transfer.complete
      ? { ...transfer, transfer_size: formatBytes(bytes), transfer_bytes: bytes, ...whole }
      : { ...transfer, differential_size: formatBytes(bytes), differential_bytes: bytes, ...whole },
  };
}

/** The record of an archive, from the facts found when it was made. */
export function recordOf(facts: { name: string; bytes: number; sha256: string; frameSha256: string }): RecordedArchive {
  const { name, bytes, sha256, frameSha256 } = facts;
  return { name, size: formatBytes(bytes), bytes, sha256, frame_sha256: frameSha256 };
}

export function isSamePackaging(a: readonly RecordedArchive[], b: readonly RecordedArchive[]): boolean {
  const line = ({ name, bytes, sha256 }: RecordedArchive): string => `${name} ${bytes} ${sha256}`;
  return a.length === b.length && a.every((archive) => b.some((other) => line(other) === line(archive)));
}
