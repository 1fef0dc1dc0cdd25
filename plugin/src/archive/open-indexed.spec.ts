import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEntry } from './read-entry';

it('says of an archive that is gone since its index was read which one it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-gone-'));
  try {
    const gone = readEntry({ path: join(folder, 'mirror_000001.tar') }, { offset: 512, bytes: 10 }, { limit: 100 });
    await expect(gone).rejects.toMatchObject({
      code: 'SEQ0304',
      what: expect.stringContaining(
        'mirror_000001.tar is not a complete tar archive: at byte 0, the file can no longer be opened (ENOENT)',
      ),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
