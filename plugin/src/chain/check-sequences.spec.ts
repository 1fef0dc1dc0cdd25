import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSetOf } from '../../../testing/images/image-set';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { openMirror } from '../mirror/mirror';
import { renderExplanation, isSeqmirrorError } from '../system/errors';
import { acquireLock } from '../system/lock';
import { checkSequences } from './check-sequences';

const folders = ['seq1-baseline', 'seq2-add-app', 'seq3-add-tools'];

describe('checkSequences', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aWorld(upstream);
    const images = [[ubi], [ubi, app], [ubi, app, tools]];
    for (const [index, folder] of folders.entries()) {
      await sealed.sequence(folder, images[index] ?? []);
      await sealed.seal(folder);
    }
  });
  afterAll(async () => {
    await sealed?.remove();
    await upstream?.stop();
  });
  beforeEach(async () => (world = await sealed.copy()));
  afterEach(() => world.remove());

  /** What the check says of each sequence: `sealed`, or how the refusal begins. */
  async function checked(some: readonly string[] = folders): Promise<string[]> {
    const checks = await checkSequences({ location: world.location, folders: some });
    expect(checks.map(({ folder }) => folder)).toEqual(some);
    return checks.map((check) => {
      if (check.kind === 'already-sealed') return 'sealed';
      return isSeqmirrorError(check.error)
        ? (renderExplanation(check.error).split('\n')[0] ?? '')
        : String(check.error);
    });
  }

  it('finds what is sealed, and writes nothing', async () => {
    const before = await world.files();
    expect(await checked()).toEqual(['sealed', 'sealed', 'sealed']);
    expect(await world.files()).toEqual(before);
  });

  it('does not wait for a run that has the lock', async () => {
    const { data } = await openMirror(world.location);
    const held = await acquireLock(data.lockFile, { purpose: 'seq4', now: new Date() });
    expect(held.acquired).toBe(true);
    expect(await checked(['seq3-add-tools'])).toEqual(['sealed']);
  });

  it('refuses an edited sequence, and goes on with the others', async () => {
    await world.sequence('seq2-add-app', [ubi]);
    expect(await checked()).toEqual([
      'sealed',
      'SEQ0201 mirror/content/seq2-add-app/imageset-config.yaml: seq2-add-app is sealed, but the content of its imageset-config.yaml was changed afterwards',
      'sealed',
    ]);
  });

  it('refuses a sequence that is linked to another seal than the one before it has', async () => {
    const lock = await world.read('mirror/content/chain.lock');
    await world.write('mirror/content/chain.lock', lock.replace(/^2 (\S+) sha256:......../m, '2 $1 sha256:00000000'));
    expect(await checked()).toEqual([
      'sealed',
      expect.stringContaining('SEQ0207 '),
      expect.stringContaining(
        'SEQ0207 mirror/content/seq3-add-tools/seq-metadata.yaml: seq3-add-tools was sealed after',
      ),
    ]);
  });

  it('refuses records that have no line in chain.lock', async () => {
    const lock = await world.read('mirror/content/chain.lock');
    await world.write('mirror/content/chain.lock', lock.replace(/^3 .*\n/m, ''));
    expect(await checked(['seq3-add-tools'])).toEqual([
      'SEQ0207 mirror/content/chain.lock: seq3-add-tools has the records of a sealed sequence, but no line in chain.lock',
    ]);
  });

  it('refuses a sequence that is not sealed, since Nx would cache it', async () => {
    await world.write('mirror/content/seq4-next/imageset-config.yaml', imageSetOf([ubi]));
    expect(await checked(['seq4-next'])).toEqual([
      'SEQ0209 nx.json lets Nx cache the target that mirrors seq4-next, which is not sealed',
    ]);
  });

  it('adds the upload files to sequences that were sealed by a version without them', async () => {
    const before = await world.files();
    for (const folder of folders) {
      for (const name of ['seq-upload.sh', 'images.txt', 'seq-upload.env']) {
        await rm(join(world.root, 'mirror/content', folder, name));
      }
    }
    await checked();
    expect(await world.files()).toEqual(before);
  });
});
