/**
 * A run with a release, operators and an image that dies at any moment: what can be seen is whole, and a re-run writes what
 * an undisturbed run writes. Most moments are changes of the file system in this process, spread over the run; some are
 * real kills of a process, at requests to the upstream.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import { diceFrom } from '../../testing/lab/random';
import { changesOf, crashAt } from '../../testing/worlds/crash';
import type { SealRequest } from '../../testing/worlds/seal-child';
import type { World } from '../../testing/worlds/world';
import { runSeed, sizeOf, withSeed } from '../size';
import { aPlannedWorld, contentOf, stagesOf, mirrored, sequence, shownOf } from './whole-imageset';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const moments = sizeOf({ small: 20, full: 200 });
const kills = sizeOf({ small: 4, full: 40 });

let upstream: DocumentedLab;
let undisturbed: Record<string, string>;
/** The number of requests in an undisturbed run. */
let requests: number;

beforeAll(async () => {
  upstream = await startDocumentedLab({ scale: 1 / 65536 });
  const world = await aPlannedWorld(upstream);
  upstream.journal.clear();
  await mirrored(world);
  undisturbed = await contentOf(world);
  requests = upstream.journal.entries.length;
  await world.remove();
});
afterAll(() => upstream?.stop());

/** @param moment for the message */
async function expectRerunToFinish(world: World, moment: string): Promise<void> {
  const visible = await shownOf(world);
  const content = visible.length === 0 ? {} : await contentOf(world);
  for (const path of visible) expect([moment, path, content[path]]).toEqual([moment, path, undisturbed[path]]);
  await mirrored(world);
  expect([moment, await contentOf(world)]).toEqual([moment, undisturbed]);
  expect([moment, await stagesOf(world)]).toEqual([moment, []]);
}

/** Numbers up to `all`, one in each of so many equal parts. */
function spread(all: number, parts: number): number[] {
  const dice = diceFrom(runSeed(), 'killed', all);
  const width = all / parts;
  return Array.from({ length: parts }, (_, part) => 1 + Math.floor(part * width) + dice.number(Math.ceil(width)));
}

it(withSeed(`ends whole when it dies at any of ${moments} changes of the file system`), async () => {
  const counted = await aPlannedWorld(upstream);
  const changes = await changesOf(() => mirrored(counted));
  await counted.remove();
  for (const nth of spread(changes, moments)) {
    const world = await aPlannedWorld(upstream);
    await crashAt(nth, () => mirrored(world));
    // The lock of a process that is gone is stale; this one lives on.
    await rm(join(world.data, 'lock'), { force: true });
    await expectRerunToFinish(world, `change ${nth} of ${changes}`);
    await world.remove();
  }
});

it(withSeed(`ends whole when it is killed at any of ${kills} requests`), async () => {
  let killed = 0;
  for (const nth of spread(requests, kills)) {
    const world = await aPlannedWorld(upstream);
    if (await killAtRequest(world, nth)) killed += 1;
    await expectRerunToFinish(world, `request ${nth} of ${requests}`);
    await world.remove();
  }
  expect(killed).toBeGreaterThan(kills / 2);
});

/** @returns whether it was still at work */
async function killAtRequest({ location }: World, nth: number): Promise<boolean> {
  upstream.journal.clear();
  const request: SealRequest = { location, folder: sequence };
  const child = fork(join(__dirname, '../../testing/worlds/seal-child.ts'), [JSON.stringify(request)], {
    execArgv: ['-r', '@swc-node/register'],
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null && upstream.journal.entries.length < nth) await setTimeout(1);
  const atWork = child.exitCode === null;
  child.kill('SIGKILL');
  await ended;
  return atWork;
}
