import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeWith } from '../../../../testing/lab/requirements';
import type { ChildRequest } from '../../../../testing/worlds/mirror-child';
import type { Mirrored, World } from '../../../../testing/worlds/oc-mirror';
import { imageSetText, lackingIn, mirror, startWorld, withBlobs } from '../../../../testing/worlds/oc-mirror';
import type { BlobSet } from '../../oci/blob';
import type { MirrorRequest } from '../engine';

jest.setTimeout(600_000);

const kills = Number(process.env['SEQMIRROR_KILLS'] ?? 6);
const packages = ['web-terminal', 'cluster-logging', 'quay-operator'];

describeWith(['oc-mirror', 'docker-registry'], 'a run of the real oc-mirror that is killed', () => {
  let world: World;
  let first: Mirrored;
  let base: BlobSet;
  let undisturbedMs: number;

  beforeAll(async () => {
    world = await startWorld({ layerBytes: 2 * 1024 * 1024 });
    first = await mirror(world, world.request(1, imageSetText({}), new Map()));
    base = withBlobs(new Map(), first.verified.blobs);
    const began = Date.now();
    const engineFolder = join(world.folder, 'undisturbed');
    await mirror(world, { ...world.request(90, imageSetText({ packages }), new Map()), engineFolder });
    undisturbedMs = Date.now() - began;
  });

  afterAll(async () => world?.close());

  // Moments spread over a run, each shifted at random; the title of a failing test has the moment.
  it.each(
    Array.from({ length: kills }, (_, index) => ({ sequence: index + 2, part: (index + Math.random()) / kills })),
  )('ends whole when it runs again after a kill at part $part of a run', async ({ sequence, part }) => {
    // One package more or less in each, so that every run filters and rebuilds a catalog.
    const text = imageSetText({ packages: [...packages.slice(sequence % 3), `${packages[0]}`].slice(0, 2) });
    const engineFolder = join(world.folder, `engine-${sequence}`);
    const request: MirrorRequest = { ...world.request(sequence, text, base), engineFolder };
    await killMidway(request, part * undisturbedMs);

    const again = await mirror(world, request);

    expect(again.verified.findings).toEqual([]);
    expect(again.verified.blobs.filter(({ digest }) => base.has(digest))).toEqual([]);
    expect(lackingIn(again.staged.images, withBlobs(base, again.verified.blobs))).toEqual([]);
    const engineFresh = join(world.folder, `fresh-${sequence}`);
    const undisturbed = await mirror(world, {
      ...request,
      stage: `${request.stage}-fresh`,
      engineFolder: engineFresh,
    });
    expect(placesOf(again)).toEqual(placesOf(undisturbed));
    expect(programsIn(engineFolder)).toEqual([]);
  });

  async function killMidway(request: MirrorRequest, afterMs: number): Promise<void> {
    const file = join(world.folder, 'child.json');
    const child: ChildRequest = {
      text: request.document.text,
      base: [...request.base.values()],
      stage: request.stage,
      engineFolder: request.engineFolder,
      keyFile: request.keyFile,
      registriesConf: world.lab.registriesConf,
      options: world.options,
    };
    await writeFile(file, JSON.stringify(child));
    const running = fork(join(__dirname, '../../../../testing/worlds/mirror-child.ts'), [file], {
      execArgv: ['-r', '@swc-node/register'],
      env: world.env,
      stdio: 'ignore',
    });
    const ended = once(running, 'exit');
    await once(running, 'message');
    await setTimeout(afterMs);
    running.kill('SIGKILL');
    await ended;
  }
});

/** Rebuilt catalogs get another digest each time, so their digest is left out. */
function placesOf({ staged }: Mirrored): string[] {
  return staged.images
    .map(
      ({ kind, repository, tag, digest }) => `${kind} ${repository}:${tag} ${/^[0-9a-f]{32}$/.test(tag) ? '' : digest}`,
    )
    .sort();
}

/** Processes whose working folder is below `folder`. */
function programsIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        return cwd.startsWith(folder) ? [`${pid} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`] : [];
      } catch {
        return [];
      }
    });
}
