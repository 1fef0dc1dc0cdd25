/** What commands say of a long chain is the same whether its records were read now or are known from an earlier run. */
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aChain } from '../../testing/worlds/chain';
import { newFolder } from '../../testing/worlds/folders';
import { checkSequences, listSequences, silentProgress, siteStatus, validate } from './api';
import { openCheckedRecords, questionAbout } from './mirror/checked-records';
import { openMirror } from './mirror/mirror';
import { readMetadata } from './mirror/records';
import { emptyLedger, renderLedger } from './mirror/sites/sites';
import { renderCustody } from './sequence/custody';

const steps = 12;
const chain = Array.from({ length: steps })
  .reduce<ReturnType<typeof aChain>>(
    (builder, _, index) => builder.differential(`step-${index + 2}`, { adds: 3, removes: 3 }),
    aChain().baseline('baseline', { adds: 400 }),
  )
  .build();
const edited = 'seq7-step-7';

let root: string;
const now = () => new Date('2026-12-10T12:00:00Z');
const location = () => ({
  ...{ workspaceRoot: join(root, 'workspace'), mirrorRoot: 'mirror' },
  env: { HOME: join(root, 'home'), SEQMIRROR_DATA_DIR: join(root, 'data') },
});
const pathOf = (path: string) => join(root, 'workspace/mirror', path);
const write = async (path: string, text: string) => {
  await mkdir(dirname(pathOf(path)), { recursive: true });
  await writeFile(pathOf(path), text);
};
const edit = async (path: string, from: string | RegExp, to: string) => {
  const text = await readFile(pathOf(path), 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} has no ${from}`);
  await write(path, changed);
};
const forget = () => rm(join(root, 'data'), { recursive: true });

const validated = (depth: 'quick' | 'deep') =>
  validate({ location: location(), depth, now, progress: silentProgress, signal: new AbortController().signal });
const folders = chain.sequences.map(({ folder }) => folder);
const answers = async () => ({
  list: await listSequences(location()),
  quick: await validated('quick'),
  status: await siteStatus({ location: location(), now }),
  checks: await checkSequences({ location: location(), folders }),
});

beforeEach(async () => {
  // Files that were written a moment ago are always read again; these are as old as the hour.
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  root = newFolder('checked-chain');
  await write('seqmirror.yaml', 'schema: seqmirror/v1\nid: test\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`content/${path}`, text);
  await write('sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
  const { number: sequence, seal } = chain.sequences[4]!;
  const at = '2026-11-09T08:00:00Z';
  const entries = [{ sequence, seal, confidence: 'proven', held_in: 'both', at }] as const;
  await write('sites/bravo/ledger.yaml', renderLedger({ ...emptyLedger, entries: [...entries] }));
  // Checks write what sequences of old releases lack, which would be a change.
  await checkSequences({ location: location(), folders });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

it('is the same again, and without the index', async () => {
  const first = await answers();
  expect(first.list.sequences.map(({ state }) => state)).toEqual(folders.map(() => 'sealed'));
  expect(first.quick.sound).toBe(true);
  expect(first.status.sites).toMatchObject([{ lag: { sequences: 8, blobs: expect.any(Number) as number } }]);
  expect(await answers()).toEqual(first);
  await forget();
  expect(await answers()).toEqual(first);
});

it.each([
  {
    name: 'the configuration',
    file: 'imageset-config.yaml',
    from: /additionalImages:\n/,
    to: 'additionalImages:\n    - name: quay.io/evil/app:1\n',
  },
  { name: 'the pinned configuration', file: 'imageset-config.pinned.yaml', from: ':1.0@', to: ':1.1@' },
  { name: 'the inventory, by one digit', file: 'seq-inventory.jsonl', from: /"bytes":\d/, to: '"bytes":9' },
  { name: 'the facts', file: 'seq-metadata.yaml', from: /content_type: \w+/, to: 'content_type: baseline' },
  { name: 'the sums', file: 'SHA256SUMS', from: /^[0-9a-f]{4}/, to: '0000' },
  { name: 'the intent', file: 'sequence.yaml', from: /description:/, to: 'descripton:' },
  { name: 'the list for uploads', file: 'images.txt', from: /sha256:[0-9a-f]{2}/, to: 'sha256:00' },
])('finds an edit of $name as if nothing were known', async ({ file, from, to }) => {
  const before = await answers();
  await edit(`content/${edited}/${file}`, from, to);
  const after = await answers();
  expect(after.quick).not.toEqual(before.quick);
  await forget();
  expect(after).toEqual(await answers());
});

it('finds what changed in chain.lock, in custody and in a ledger', async () => {
  const before = await answers();
  const { seal } = chain.sequences[5]!;
  await write(
    `content/${edited}/custody.yaml`,
    renderCustody({ schema: 'seqmirror/v1', state: 'held', copies: [{ where: 'safe' }] }),
  );
  await edit('sites/bravo/ledger.yaml', /seal: \S+/, `seal: ${seal}`);
  const moved = await answers();
  expect(moved.status).not.toEqual(before.status);
  expect(JSON.stringify(moved.quick)).toContain('safe');
  await edit('content/chain.lock', chain.sequences[6]!.seal, chain.sequences[7]!.seal);
  const after = await answers();
  expect(after.list.sequences.filter(({ state }) => state === 'broken').map(({ folder }) => folder)).toContain(edited);
  await forget();
  expect(after).toEqual(await answers());
});

it('finds that the script is gone which the sequences without one are uploaded by', async () => {
  await rm(pathOf(`content/${edited}/seq-upload.sh`));
  const before = await validated('quick');
  await rm(pathOf('content/seq-upload.sh'));
  const after = await validated('quick');
  expect(after).not.toEqual(before);
  await forget();
  expect(await validated('quick')).toEqual(after);
});

it('is read and proven at depth deep, whatever is known', async () => {
  await appendFile(pathOf(`content/${edited}/imageset-config.yaml`), '    - name: quay.io/evil/app:1\n');
  const mirror = await openMirror(location());
  const records = await openCheckedRecords(mirror);
  // As if a run of ours had found these files sound.
  const names = ['metadata', 'config', 'pinned', 'inventory'] as const;
  records.ask(questionAbout(mirror, edited, { what: 'sealed', names })).note(await readMetadata(mirror, edited));
  for (let at = 0; at < 10; at += 1) records.ask(questionAbout(mirror, edited, { what: `${at}`, names })).note(true);
  await records.keep();
  const errors = async (depth: 'quick' | 'deep') =>
    (await validated(depth)).sequences
      .flatMap(({ findings }) => findings)
      .flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));
  expect(await errors('quick')).toEqual([]);
  expect(await errors('deep')).toContain('SEQ0201');
});
