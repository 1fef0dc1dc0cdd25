/** A world whose archives are retired and restored. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopyOptions, CopyOutcome, VerifyOptions, VerifyOutcome } from '../../plugin/src/chain/custody/custody';
import { copyArchives, verifyCopies } from '../../plugin/src/chain/custody/custody';
import type { PruneOptions, PruneOutcome } from '../../plugin/src/chain/prune/prune';
import { pruneMirror } from '../../plugin/src/chain/prune/prune';
import type { RestoreOptions, RestoreOutcome } from '../../plugin/src/chain/restore/restore';
import { restoreSequence } from '../../plugin/src/chain/restore/restore';
import { openMirror, readChain } from '../../plugin/src/mirror/mirror';
import { emptyLedger, renderLedger, renderSite, withEntry } from '../../plugin/src/mirror/sites/sites';
import { sealedEntry } from '../../plugin/src/sequence/chain-lock';
import type { Custody } from '../../plugin/src/sequence/custody';
import { parseCustody } from '../../plugin/src/sequence/custody';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import type { Lab } from '../lab/lab';
import { filesBelow } from './folders';
import type { World } from './world';
import { app, aSealedMirror, startUpstream, tools, ubi } from './world';

export const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-28T07:00:00Z'),
};

export function prune(world: World, options: Partial<PruneOptions> = {}): Promise<PruneOutcome> {
  return pruneMirror({ ...run, location: world.location, keep: 1, ...options });
}

/** Plans and applies that plan. */
export async function pruned(world: World, options: Partial<PruneOptions> = {}): Promise<PruneOutcome> {
  const { plan } = await prune(world, options);
  return prune(world, { ...options, apply: plan.id });
}

export function restore(world: World, folder: string, options: Partial<RestoreOptions> = {}): Promise<RestoreOutcome> {
  return restoreSequence({ ...run, location: world.location, folder, dryRun: false, ...options });
}

export function copy(world: World, options: Partial<CopyOptions> & Pick<CopyOptions, 'to'>): Promise<CopyOutcome> {
  return copyArchives({ ...run, location: world.location, dryRun: false, ...options });
}

export function verify(world: World, options: Partial<VerifyOptions> = {}): Promise<VerifyOutcome> {
  return verifyCopies({ ...run, location: world.location, quick: false, ...options });
}

export const rebased = ['seq1-baseline', 'seq2-add-app', 'seq3-again', 'seq4-add-tools'] as const;

/** Four sequences; the third is a new baseline, so that the last needs neither the first nor the second. */
export async function aRebasedMirror(upstream: Lab): Promise<World> {
  const [seq1, seq2, seq3, seq4] = rebased;
  const world = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] });
  await sealFrom(world, seq3, [ubi, app], 'none');
  await sealFrom(world, seq4, [ubi, app, tools], 'previous');
  return world;
}

/**
 * Makes that mirror once for the specs of a file. Each spec gets a copy of its own, and the original to compare with.
 */
export function withRebasedMirror(use: (world: World, shared: { upstream: Lab; original: World }) => void): void {
  let upstream: Lab;
  let original: World;
  let world: World;
  beforeAll(async () => {
    upstream = await startUpstream();
    original = await aRebasedMirror(upstream);
  });
  afterAll(async () => {
    await original.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await original.copy();
    use(world, { upstream, original });
  });
  afterEach(() => world.remove());
}

/** The verdict on each sequence, every byte read. */
export async function verdictsOf(world: World): Promise<string[]> {
  const { sequences } = await validate({ ...run, location: world.location, depth: 'deep' });
  return sequences.map(({ verdict }) => verdict);
}

export async function custodyOf(world: World, folder: string): Promise<Custody> {
  return parseCustody(await world.read(`mirror/content/${folder}/custody.yaml`), 'custody.yaml');
}

/** Mirrors a sequence with this base. */
export async function sealFrom(
  world: World,
  folder: string,
  images: readonly string[],
  base: 'none' | 'previous',
): Promise<void> {
  await world.sequence(folder, images);
  await world.write(
    `mirror/content/${folder}/sequence.yaml`,
    `schema: seqmirror/v1\ndescription: ${folder}\nbase: ${base}\n`,
  );
  const outcome = await world.mirror(folder, { refresh: true });
  if (outcome.kind !== 'sealed') throw new Error(`${folder} was ${outcome.kind}`);
}

/** A site that has acknowledged these sequences. */
export async function aSite(world: World, name: string, ...numbers: readonly number[]): Promise<void> {
  const { lock } = await readChain(await openMirror(world.location));
  const ledger = numbers.reduce((before, sequence) => {
    const seal = sealedEntry(lock, sequence)?.seal;
    if (seal === undefined) throw new Error(`seq${sequence} is not sealed`);
    const at = '2026-11-27T07:00:00Z';
    return withEntry(before, { sequence, seal, confidence: 'proven', held_in: 'registry', at });
  }, emptyLedger);
  await world.write(`mirror/sites/${name}/site.yaml`, renderSite({ schema: 'seqmirror/v1', name }));
  await world.write(`mirror/sites/${name}/ledger.yaml`, renderLedger(ledger));
}

/** A folder on another disk, as people name it. */
export async function aDisk(world: World, name = 'disk'): Promise<string> {
  const folder = join(world.root, '..', name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** The sequences that have archives in the store. */
export async function stored(world: World): Promise<string[]> {
  const paths = [...archivesBelow(join(world.data, 'store')).keys()];
  return Promise.resolve(paths.map((path) => path.replace(/\.[0-9a-f]{12}\/.*/, '')).sort());
}

/** Every archive of a sequence in a folder, by name, as text. */
export function archivesBelow(folder: string): Map<string, string> {
  return new Map([...filesBelow(folder)].filter(([path]) => path.endsWith('.tar')));
}
