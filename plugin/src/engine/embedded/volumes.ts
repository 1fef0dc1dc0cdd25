import type { ArchiveLayout } from '../../archive/layout';
import type { OpenVolume } from '../../archive/write';
import { openVolume } from '../../archive/write';
import type { Digest } from '../../oci/digest';
import { impossible } from '../../system/errors';

/** All volumes of a layout, open to be filled. */
export interface OpenVolumes {
  /** The volume that a blob belongs to. */
  of(digest: Digest): OpenVolume;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export async function openVolumes(layout: ArchiveLayout, pathOf: (volumeName: string) => string): Promise<OpenVolumes> {
  const open: OpenVolume[] = [];
  const byBlob = new Map<Digest, OpenVolume>();
  const close = async (): Promise<void> => void (await Promise.all(open.map((volume) => volume.close())));
  try {
    for (const volume of layout.volumes) {
      const opened = await openVolume(pathOf(volume.name), volume);
      open.push(opened);
      for (const { kind, digest } of volume.entries) if (kind === 'blob') byBlob.set(digest, opened);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    of: (digest) => {
      const volume = byBlob.get(digest);
      if (volume === undefined) throw impossible(`${digest} was not laid out`);
      return volume;
    },
    sync: async () => void (await Promise.all(open.map((volume) => volume.sync()))),
    close,
  };
}
