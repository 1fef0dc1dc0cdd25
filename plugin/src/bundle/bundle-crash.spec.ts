import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { bundle, bundled, sha256sum } from '../../../testing/worlds/bundling';
import { crashAt } from '../../../testing/worlds/crash';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { digestOf } from '../archive/archive.fixture';
import { statementFile } from '../bundle-format/bundle-statement';
import { renderSite } from '../mirror/sites/sites';
import { sumsFile } from './write/write';

jest.setTimeout(480_000);

const head = 'seq2-add-tools';

let upstream: Lab;
let sealed: World;

beforeAll(async () => {
  upstream = await startUpstream();
  sealed = await aSealedMirror(upstream, { 'seq1-baseline': [ubi, app], [head]: [ubi, app, tools] });
  await sealed.write('mirror/sites/bravo/site.yaml', renderSite({ schema: 'seqmirror/v1', name: 'bravo' }));
});
afterAll(async () => {
  await sealed.remove();
  await upstream.stop();
});

const options = { sites: ['bravo'], media: '700000' };

/** The hash of each file on every volume, after sha256sum has checked them. */
async function volumesOf(world: World): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const volume of await readdir(join(world.root, 'disk'))) {
    const folder = join(world.root, 'disk', volume);
    for (const name of [...(await sha256sum(folder)), sumsFile, statementFile])
      files[`${volume}/${name}`] = digestOf(await readFile(join(folder, name)));
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(found.filter((entry) => entry.isFile())).toHaveLength(
      Object.keys(files).filter((path) => path.startsWith(`${volume}/`)).length,
    );
  }
  return files;
}

// Each change takes a second or two, and there are 150; a few runs together try all of them.
const stride = 5;
const first = 1 + (Math.abs(jest.getSeed()) % stride);

describe(`after a kill at every fifth change of the file system, from ${first} on`, () => {
  it('a bundle on several volumes is completed by the next run, with the same files, and is sent once', async () => {
    const undisturbed = await sealed.copy();
    await bundled(undisturbed, head, options);
    const expected = await volumesOf(undisturbed);
    await undisturbed.remove();
    expect(new Set(Object.keys(expected).map((path) => path.split('/')[0])).size).toBeGreaterThan(2);

    let killed = true;
    let moments = 0;
    for (let nth = first; killed; nth += stride) {
      const world = await sealed.copy();
      try {
        killed = await crashAt(nth, () => bundle(world, head, options));
        const transfers = await readdir(join(world.root, 'mirror/sites/bravo/transfers')).catch((): string[] => []);
        // SHA256SUMS comes last: a volume that has it is whole.
        for (const volume of await readdir(join(world.root, 'disk')).catch(() => [])) {
          const folder = join(world.root, 'disk', volume);
          if ((await readdir(folder)).includes(sumsFile)) await sha256sum(folder);
        }
        await rm(join(world.data, 'lock'), { force: true });
        if (killed && !transfers.includes('T0001.yaml')) await bundled(world, head, options);
        expect({ nth, files: await volumesOf(world) }).toEqual({ nth, files: expected });
        expect(await readdir(join(world.root, 'mirror/sites/bravo/transfers'))).toEqual(['T0001.yaml']);
        moments += 1;
      } finally {
        await world.remove();
      }
    }
    expect(moments).toBeGreaterThan(20);
  });
});
