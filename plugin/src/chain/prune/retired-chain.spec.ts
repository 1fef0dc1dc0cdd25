import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalOf } from '../../../../testing/run/refusal';
import { bundle } from '../../../../testing/worlds/bundling';
import {
  aDisk,
  aSite,
  custodyOf,
  pruned,
  rebased,
  restore,
  run,
  sealFrom,
  verdictsOf,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import { reissue, sealStands } from '../../../../testing/worlds/reissuing';
import type { World } from '../../../../testing/worlds/world';
import { app, ubi } from '../../../../testing/worlds/world';
import { listSequences } from '../list-sequences';
import { voidSequence } from '../void-sequence';

const [seq1, seq2, seq3, seq4] = rebased;
let world: World;

withRebasedMirror((copy) => {
  world = copy;
});

const codeOf = async (work: Promise<unknown>) => (await refusalOf(work)).code;

describe('a chain with retired sequences', () => {
  it('mirrors what only they had again, unless a copy is known', async () => {
    // seq1 and seq2 hold ubi and app; a sequence on seq2 would leave out both.
    await aSite(world, 'bravo', 4);
    const disk = await aDisk(world);
    const moved = await world.copy();
    try {
      await pruned(world);
      await pruned(moved, { to: await aDisk(moved) });
      const notes: string[] = [];
      const based = async (other: World) => {
        await other.sequence('seq5-on-2', [ubi, app]);
        await other.write(
          'mirror/content/seq5-on-2/sequence.yaml',
          'schema: seqmirror/v1\ndescription: on seq2\nbase: seq2\n',
        );
        const progress = { ...run.progress, note: (text: string) => void notes.push(text) };
        await other.mirror('seq5-on-2', { refresh: true, progress });
        return (await other.read('mirror/content/seq5-on-2/seq-metadata.yaml')).match(/dependencies: .*/)?.[0];
      };
      expect(await based(world)).toBe('dependencies: []');
      expect(notes.join('\n')).toContain('The archives of seq1, seq2 are retired without a copy (custody.yaml)');
      expect(await based(moved)).not.toBe('dependencies: []');
      expect(await verdictsOf(world)).toEqual(['RETIRED', 'RETIRED', 'PROVEN', 'PROVEN', 'PROVEN']);
    } finally {
      await moved.remove();
      await rm(disk, { recursive: true });
    }
  });

  it('is not made shorter than what is here', async () => {
    await aSite(world, 'bravo', 4);
    await pruned(world);
    await rm(join(world.root, 'mirror/sites'), { recursive: true });
    await voidSequence({ ...run, location: world.location, folder: seq4, dryRun: false });
    expect(await codeOf(voidSequence({ ...run, location: world.location, folder: seq3, dryRun: false }))).toBe(
      'SEQ0230',
    );
    expect(await sealStands(world, seq3)).toMatch(/^sha256:/);
  });

  it('names the place of a copy and the command to a bundle that needs it, and bundles the newest without', async () => {
    await aSite(world, 'bravo', 4);
    const disk = await aDisk(world);
    await pruned(world, { to: disk });
    const output = await aDisk(world, 'bundle');
    await expect(bundle(world, seq2, { output })).rejects.toMatchObject({
      code: 'SEQ0671',
      details: expect.arrayContaining([`${seq1} is retired; copy: ${disk}, checked 2026-11-28`]),
      next: expect.stringContaining(`nx run mirror:restore --sequence=seq1 --from=${disk}`),
    });
    expect((await bundle(world, seq4, { output })).kind).toBe('written');
    await aSite(world, 'charlie');
    const second = await aDisk(world, 'second');
    expect((await bundle(world, seq4, { output: second, sites: ['charlie'] })).kind).toBe('written');
    for (const folder of [seq1, seq2]) await restore(world, folder);
    expect((await bundle(world, seq2, { output: await aDisk(world, 'third') })).kind).toBe('written');
  });

  it('gets its archives again from the registry', async () => {
    await aSite(world, 'bravo', 4);
    await pruned(world);
    expect((await reissue(world, seq1)).kind).toBe('reissued');
    expect((await custodyOf(world, seq1)).state).toBe('held');
    expect(await verdictsOf(world)).toEqual(['PROVEN', 'RETIRED', 'PROVEN', 'PROVEN']);
  });
});

describe('sealFrom', () => {
  it('makes the chain that these specs need', async () => {
    expect((await listSequences(world.location)).sequences.map(({ sealed }) => sealed?.needs)).toEqual([
      ...[[], ['seq1'], [], ['seq3']],
    ]);
    await sealFrom(world, 'seq5-last', [ubi], 'previous');
    expect((await listSequences(world.location)).sequences).toHaveLength(5);
  });
});
