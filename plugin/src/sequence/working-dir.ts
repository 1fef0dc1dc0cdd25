import type { MirroredImage } from '../oci/image';
import type { SequenceMetadata } from './metadata';

/**
 * Whether archives of these sequences contain files of oc-mirror's working-dir. Those that oc-mirror made always do;
 * those of the embedded engine do if there is more than single images.
 */
export function holdWorkingDir(
  sequences: readonly Pick<SequenceMetadata, 'provenance'>[],
  images: readonly Pick<MirroredImage, 'kind'>[],
): boolean {
  return (
    sequences.some(({ provenance }) => provenance.engine === 'oc-mirror') ||
    images.some(({ kind }) => kind !== 'additional')
  );
}
