/** Random lives of a chain: any order of allowed changes leaves a sound chain. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { listSequences } from '../../plugin/src/chain/list-sequences';
import { renumberSequence } from '../../plugin/src/chain/renumber-sequence';
import { voidSequence } from '../../plugin/src/chain/void-sequence';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import type { Lab } from '../../testing/lab/lab';
import type { World } from '../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../testing/worlds/world';

const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};

let upstream: Lab;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

type Step =
  | { readonly kind: 'seal'; readonly images: readonly string[] }
  | { readonly kind: 'edit'; readonly images: readonly string[] }
  | { readonly kind: 'void' }
  | { readonly kind: 'merge'; readonly images: readonly string[]; readonly others: readonly (readonly string[])[] };

const images = fc.uniqueArray(fc.constantFrom(app, tools), { maxLength: 2 }).map((some) => [ubi, ...some]);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('seal' as const), images }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('void' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), images }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('merge' as const),
      images,
      others: fc.array(images, { minLength: 1, maxLength: 2 }),
    }),
  },
);

/** A chain, and what is expected of it. */
class Life {
  readonly folders: string[] = [];
  sealed = 0;
  private names = 0;

  constructor(private readonly world: World) {}

  async live(next: Step): Promise<void> {
    if (next.kind === 'void') await this.void();
    else if (next.kind === 'edit') await this.edit(next.images);
    else if (next.kind === 'merge' && this.sealed === this.folders.length) await this.merge(next.images, next.others);
    else await this.seal(next.images);
  }

  /** The first planned sequence, or a new one. */
  private async seal(of: readonly string[]): Promise<void> {
    if (this.sealed === this.folders.length) this.folders.push(await this.plan(this.folders.length + 1, of));
    await this.sealBehind(this.folders[this.sealed - 1], this.folders[this.sealed] as string);
    this.sealed += 1;
  }

  /** A sequence that asks for the same as the one before it is a refresh, and says so. */
  private async sealBehind(base: string | undefined, folder: string): Promise<void> {
    const config = (of: string): Promise<string> => this.world.read(`mirror/content/${of}/imageset-config.yaml`);
    const refresh = base !== undefined && (await config(base)) === (await config(folder));
    expect(await this.world.mirror(folder, { refresh })).toMatchObject({ kind: 'sealed' });
  }

  private async plan(number: number, of: readonly string[]): Promise<string> {
    const folder = `seq${number}-step${(this.names += 1)}`;
    await this.world.sequence(folder, [...of]);
    return folder;
  }

  private async void(): Promise<void> {
    if (this.sealed === 0) return;
    const folder = this.folders[this.sealed - 1] as string;
    await voidSequence({ ...run, location: this.world.location, folder, dryRun: false });
    this.sealed -= 1;
  }

  private async edit(of: readonly string[]): Promise<void> {
    const planned = this.folders[this.sealed];
    if (planned !== undefined) await this.world.sequence(planned, [...of]);
  }

  /** Two branches seal behind the same sequence; ours is merged first, and theirs is renumbered, one by one. */
  private async merge(of: readonly string[], others: readonly (readonly string[])[]): Promise<void> {
    const lock = 'mirror/content/chain.lock';
    const number = this.sealed + 1;
    const at = (...path: string[]) => join(this.world.root, ...path);
    const before = this.sealed === 0 ? undefined : await this.world.read(lock);
    const ours = await this.plan(number, of);
    await this.sealBehind(this.folders.at(-1), ours);
    const merged = await this.world.read(lock);
    await rename(at('mirror/content', ours), at(ours));
    await this.world.write(lock, before ?? '');
    const theirs: string[] = [];
    for (const [index, images] of others.entries()) {
      theirs.push(await this.plan(number + index, images));
      await this.sealBehind(index === 0 ? this.folders.at(-1) : theirs[index - 1], theirs[index] as string);
    }
    await rename(at(ours), at('mirror/content', ours));
    await this.world.write(lock, merged);
    this.folders.push(ours);
    for (const [index, folder] of theirs.entries()) {
      const { to } = await renumberSequence({ ...run, location: this.world.location, folder, dryRun: false });
      expect(to).toBe(folder.replace(/^seq\d+/, `seq${number + index + 1}`));
      this.folders.push(to);
    }
    this.sealed = this.folders.length;
  }

  async isAsExpected(): Promise<void> {
    const { sequences, findings } = await listSequences(this.world.location);
    expect(findings).toEqual([]);
    expect(sequences.map(({ folder, state }) => `${folder} ${state}`)).toEqual(
      this.folders.map((folder, index) => `${folder} ${index < this.sealed ? 'sealed' : 'planned'}`),
    );
  }
}

describe('a chain that is sealed, voided, edited, merged and renumbered in any order', () => {
  it('is sound after each step, can be sealed on, and is proven from its bytes at the end', async () => {
    let sealedAtTheEnd = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
        const world = await aWorld(upstream);
        const life = new Life(world);
        try {
          for (const each of steps) {
            await life.live(each);
            await life.isAsExpected();
          }
          await life.live({ kind: 'seal', images: [ubi, app] });
          await life.isAsExpected();
          const validation = await validate({ ...run, location: world.location, depth: 'deep' });
          expect(validation.findings).toEqual([]);
          expect(validation.sequences.flatMap(({ findings }) => findings)).toEqual([]);
          sealedAtTheEnd += life.sealed;
        } finally {
          await world.remove();
        }
      }),
      { numRuns: 15 },
    );
    expect(sealedAtTheEnd).toBeGreaterThan(15);
  }, 240_000);
});
