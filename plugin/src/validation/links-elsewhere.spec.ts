/** Sequences whose archives leave out the links of images that they keep: others hold these, and blobs alone prove nothing. */
import { execFileSync } from 'node:child_process';
import { cp, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../../testing/images/image';
import type { Lab } from '../../../testing/lab/lab';
import { moveTag, startLab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { aWorld, app, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { silentProgress } from '../system/progress';
import { validate } from './validate';
import type { Validation, ValidateOptions } from './validation';

const renamed = 'quay.io/platform/app:stable';
const [first, second, third] = ['seq1-baseline', 'seq2-second-tag', 'seq3-unchanged'];

let upstream: Lab;
let sealed: World;
let world: World;

beforeAll(async () => {
  const image = anImage(app, { layers: ['app'] });
  upstream = await startLab({ images: [anImage(ubi), image] });
  moveTag(upstream, renamed, image);
  sealed = await aWorld(upstream);
  await sealed.sequence(first, [ubi, app]);
  await sealed.seal(first);
  for (const folder of [second, third]) {
    await sealed.sequence(folder, [ubi, app, renamed]);
    await sealed.mirror(folder, { refresh: true });
  }
});
afterAll(async () => {
  await sealed.remove();
  await upstream.stop();
});
beforeEach(async () => (world = await sealed.copy()));
afterEach(() => world.remove());

const archive = (folder: string) => join(world.root, 'mirror/content', folder, 'mirror_000001.tar');
const validated = (options: Partial<ValidateOptions> = {}): Promise<Validation> =>
  validate({
    location: world.location,
    depth: 'deep',
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-24T12:00:00Z'),
    ...options,
  });
const verdicts = ({ sequences }: Validation) => sequences.map(({ verdict, given }) => [verdict, given]);

async function lose(folder: string): Promise<void> {
  await rm(archive(folder));
  for (const name of await readdir(join(world.data, 'store')))
    if (name.startsWith(folder)) await rm(join(world.data, 'store', name), { recursive: true });
}

it('hold no link and no blob where nothing changed, and need who holds them', async () => {
  const { links, blobs } = await readArchiveIndex(archive(third));
  expect([links.length, blobs.size]).toEqual([0, 0]);
  const metadata = await world.read(`mirror/content/${third}/seq-metadata.yaml`);
  expect(metadata).toMatch(/^links_since: seq2$/m);
  expect(metadata).toMatch(/^ {2}dependencies:\n.*\n? {4}- seq1\n {4}- seq2$/m);
  // One that does not say so has all of its links.
  expect(await world.read(`mirror/content/${first}/seq-metadata.yaml`)).not.toMatch(/^links_since:/m);
  expect(verdicts(await validated())).toEqual([
    ['PROVEN', []],
    ['PROVEN', []],
    ['PROVEN', []],
  ]);
});

it('are not proven where archives that hold nothing but links are not here', async () => {
  await lose(second);
  expect(verdicts(await validated())[2]).toEqual(['PROVEN GIVEN', ['seq2']]);
});

it('are not proven by themselves on a disk that holds no other', async () => {
  await cp(join(world.root, 'mirror/content', third), join(world.root, 'disk', third), { recursive: true });
  const elsewhere = { ...world.location, mirrorRoot: 'other' };
  const { sequences } = await validated({ path: join(world.root, 'disk', third), location: elsewhere });
  expect(sequences).toMatchObject([{ verdict: 'PROVEN GIVEN', given: ['seq1', 'seq2'] }]);
});

it('are broken where a link is damaged that an earlier sequence holds', async () => {
  const { links } = await readArchiveIndex(archive(second));
  const tag = links.find(({ name }) => name.includes('/tags/stable/'));
  expect(tag).toBeDefined();
  execFileSync('chmod', ['u+w', archive(second)]);
  const bytes = execFileSync('cat', [archive(second)]);
  const file = await open(archive(second), 'r+');
  // Leads to another digest.
  const at = bytes.indexOf(Buffer.from(tag!.target), bytes.indexOf(Buffer.from('/tags/stable/')));
  await file.write(Buffer.from(tag!.target.endsWith('0') ? '1' : '0'), 0, 1, at + tag!.target.length - 1);
  await file.close();
  const { sequences } = await validated();
  expect(sequences.map(({ verdict }) => verdict)).toEqual(['PROVEN', 'BROKEN', 'BROKEN']);
  expect(sequences[2]).toMatchObject({
    brokenImages: [{ source: renamed }],
    findings: [expect.objectContaining({ code: 'SEQ0303', what: expect.stringContaining(`because of ${second}`) })],
  });
});

it('are broken where the archives that hold links are lost for good', async () => {
  await world.write(`mirror/content/${second}/custody.yaml`, 'schema: seqmirror/v1\nstate: lost\ncopies: []\n');
  const { sequences } = await validated();
  expect(sequences[2]).toMatchObject({ verdict: 'BROKEN', brokenImages: [{ source: renamed }] });
  // What is mirrored next holds all links again.
  await world.sequence('seq4-again', [ubi, app, renamed]);
  await world.mirror('seq4-again', { refresh: true });
  expect((await readArchiveIndex(archive('seq4-again'))).links.length).toBeGreaterThan(6);
  expect(verdicts(await validated()).at(-1)?.[0]).toBe('PROVEN');
});

it('are noticed when the record of it is edited', async () => {
  const path = `mirror/content/${third}/seq-metadata.yaml`;
  await world.write(path, (await world.read(path)).replace(/^links_since: seq2\n/m, ''));
  const { sequences } = await validated();
  expect(sequences[2]?.verdict).toBe('BROKEN');
  expect(sequences[2]?.findings.map(({ code }) => code)).toContain('SEQ0315');
});
