import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { describeWith } from '../../../testing/lab/requirements';
import type { SealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { sealThree, startSealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { readArchiveIndex } from '../archive/archive-index';
import { renderValidation } from '../report/text/validation';
import { decodeInventory } from '../sequence/inventory';

jest.setTimeout(600_000);

describeWith(['oc-mirror', 'docker-registry'], 'what the real oc-mirror mirrored', () => {
  let world: SealedWorld;
  let folders: readonly [string, string, string];

  beforeAll(async () => {
    world = await startSealedWorld({ layerBytes: 256 * 1024 });
    folders = await sealThree(world);
  });
  afterAll(async () => world?.close());

  it.each(['quick', 'full', 'deep'] as const)('is proven, or consistent with quick, at depth %s', async (depth) => {
    const validation = await world.validate({ depth });
    expect(validation.sequences.flatMap(({ findings }) => findings)).toEqual([]);
    // At depth quick no blob is hashed.
    const verdict = depth === 'quick' ? 'CONSISTENT' : 'PROVEN';
    expect(validation.sequences.map((sequence) => sequence.verdict)).toEqual([verdict, verdict, verdict]);
  });

  it('is named with its operator if a blob is damaged', async () => {
    const path = world.content(folders[1], 'mirror_000001.tar');
    const { blobs } = await readArchiveIndex(path);
    const inventory = decodeInventory(
      readFileSync(world.content(folders[1], 'seq-inventory.jsonl'), 'utf8'),
      'inventory',
    );
    // An image of the package, not the catalog that lists it.
    const image = inventory.images.find(({ repository }) => repository.startsWith('web-terminal/'))!;
    const [digest, place] = [...blobs].find(([each]) =>
      inventory.blobs.some((blob) => blob.digest === image.digest && blob.refs?.includes(each)),
    )!;
    const file = await open(path, 'r+').catch(async () => {
      await chmod(path, 0o644);
      return open(path, 'r+');
    });
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, place.offset + 9);
    const flip = async (value: number) => file.write(Buffer.from([value]), 0, 1, place.offset + 9);
    await flip((byte[0] as number) ^ 4);
    try {
      const { sequences } = await world.validate();
      const broken = sequences[1]!.brokenImages.filter(({ lacking }) => lacking.includes(digest));
      expect(broken.length).toBeGreaterThan(0);
      expect(broken.flatMap(({ operators }) => operators)).toContain('web-terminal');
      expect(renderValidation(await world.validate())).toContain('(operator web-terminal) is not complete');
    } finally {
      await flip(byte[0] as number);
      await file.close();
    }
  });

  it('is proven as oc-mirror left it, without records', async () => {
    const disk = `${world.upstream.folder}/plain`;
    execFileSync('mkdir', [disk]);
    execFileSync('cp', [
      world.content(folders[0], 'mirror_000001.tar'),
      world.content(folders[0], 'imageset-config.yaml'),
      disk,
    ]);
    const validation = await world.validate({ path: disk });
    expect(renderValidation(validation)).toContain('plain: PROVEN;');
  });
});
