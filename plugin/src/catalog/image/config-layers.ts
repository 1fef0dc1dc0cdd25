/**
 * The two layers that a filtered catalog has above those of the original: one removes what was in `/configs`, and one
 * has the new files. Two, since a whiteout applies to the layers below its own.
 */
import type { MadeLayer } from '../../archive/made-image/made-image';
import { madeLayer, tarOfFiles } from '../../archive/made-image/made-image';
import { encodeHeader, trailerBytes } from '../../archive/tar-header';
import type { CatalogFile } from '../fbc/fbc';

const configs = 'configs';

export async function configLayers(files: readonly CatalogFile[]): Promise<readonly MadeLayer[]> {
  const contents = files.map(({ path, bytes, pieces }) => ({
    path,
    bytes,
    pieces: () => pieces({ offset: 0, bytes }),
  }));
  return [
    await madeLayer(`removes /${configs}`, () => whiteout()),
    await madeLayer(`the filtered catalog in /${configs}`, () => tarOfFiles(configs, contents)),
  ];
}

async function* whiteout(): AsyncGenerator<Buffer, void, undefined> {
  yield encodeHeader({ name: `.wh.${configs}`, bytes: 0 });
  yield Buffer.alloc(trailerBytes);
}
