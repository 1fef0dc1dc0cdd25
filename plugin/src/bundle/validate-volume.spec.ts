import { appendFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { bundled } from '../../../testing/worlds/bundling';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { renderValidation } from '../report/text/validation';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import type { Depth, Validation } from '../validation/validation';

jest.setTimeout(240_000);

describe('validate, for a bundle on several volumes,', () => {
  let upstream: Lab;
  let world: World;
  let volumes: string[];
  const validated = (path: string, depth: Depth = 'deep'): Promise<Validation> =>
    validate({
      location: world.location,
      path,
      depth,
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date('2026-11-24T08:00:00Z'),
    });
  const volume = (number: number) => volumes[number - 1] ?? '';

  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream?.stop());
  beforeEach(async () => {
    world = await aSealedMirror(upstream, { 'seq1-baseline': [ubi, app] });
    volumes = (await bundled(world, 'seq1-baseline', { media: '420000' })).volumes.map(({ path }) => path);
    expect(volumes.length).toBeGreaterThan(2);
  });
  afterEach(() => world.remove());

  it('reads every byte of one volume, and names the others that it did not see', async () => {
    for (const [index, path] of volumes.entries()) {
      const validation = await validated(path);
      expect(validation).toMatchObject({ sound: true, findings: [], sequences: [] });
      const given = volumes.map((_, at) => at + 1).filter((each) => each !== index + 1);
      const verdict = { volume: index + 1, volumes: volumes.length, verdict: 'PROVEN GIVEN', given };
      expect(validation.volumes).toMatchObject([verdict]);
      expect(validation.volumes[0]?.bytes).toBeGreaterThan(200_000);
    }
    const [line, , sum] = renderValidation(await validated(volume(2))).split('\n');
    expect(line).toMatch(
      /, volume 2 of \d: PROVEN GIVEN volumes 1, 3.* \(not checked\); \d+ files \(.* KiB\) as SHA256SUMS/,
    );
    expect(sum).toMatch(/: 1 PROVEN GIVEN \(deep: every byte of .* KiB in \d+ files\)$/);
  });

  it('has seen the whole bundle if all volumes lie side by side', async () => {
    const { volumes: seen, sound } = await validated(dirname(volume(1)));
    expect(sound).toBe(true);
    expect(seen.map(({ verdict, given }) => [verdict, given])).toEqual(volumes.map(() => ['PROVEN', []]));
    await rm(volume(3), { recursive: true });
    const { volumes: rest } = await validated(dirname(volume(1)));
    expect(rest).toHaveLength(volumes.length - 1);
    for (const each of rest) expect(each).toMatchObject({ verdict: 'PROVEN GIVEN', given: [3] });
  });

  it('reads no byte with --quick, and does not call that proven', async () => {
    await appendFile(join(volume(2), 'README.txt'), 'x');
    expect(await validated(volume(2), 'quick')).toMatchObject({ sound: true, volumes: [{ verdict: 'CONSISTENT' }] });
  });

  it.each(['full', 'deep'] as const)('finds a volume broken if one of its files was changed: %s', async (depth) => {
    await appendFile(join(volume(2), 'README.txt'), 'x');
    const validation = await validated(volume(2), depth);
    expect(validation).toMatchObject({ sound: false, volumes: [{ name: basename(volume(2)), verdict: 'BROKEN' }] });
    expect(validation.findings.map(({ code }) => code)).toEqual(['SEQ0235']);
  });
});
