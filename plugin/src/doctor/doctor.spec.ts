import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { aChain } from '../../../testing/worlds/chain';
import { openMirror } from '../mirror/mirror';
import { renderExamination } from '../report/text/examination';
import { silentProgress } from '../system/progress';
import type { Check, ExamineOptions } from './doctor';
import { examine } from './doctor';

const chain = aChain().baseline('baseline', { adds: 2 }).build();

let root: string;
const pathOf = (path: string) => join(root, path);
const write = async (path: string, text: string) => {
  await mkdir(dirname(pathOf(path)), { recursive: true });
  await writeFile(pathOf(path), text);
};
const examined = (options: Partial<ExamineOptions> & { env?: NodeJS.ProcessEnv } = {}) =>
  examine({
    location: { workspaceRoot: root, mirrorRoot: 'mirror', env: { HOME: dirname(root), ...options.env } },
    online: false,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date('2099-01-01T00:00:00Z'),
    ...options,
  });
const check = async (name: string, options?: Parameters<typeof examined>[0]): Promise<Check | undefined> =>
  (await examined(options)).checks.find((each) => each.name === name);
const codes = (found: Check | undefined) => found?.findings.map(({ code }) => code);

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'seqmirror-doctor-')), 'workspace');
  await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nname: mirror\nengine: embedded\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`mirror/content/${path}`, text);
});
afterEach(() => rm(dirname(root), { recursive: true, force: true }));

describe('examine', () => {
  it('finds no problem in a sound mirror, and says what it did not look at', async () => {
    const outcome = await examined({ nx: { version: '23.2.1', supported: '>=22', isSupported: true } });
    const results = Object.fromEntries(outcome.checks.map(({ name, result }) => [name, result]));
    expect(results).toEqual({
      Nx: 'ok',
      engine: 'ok',
      umask: 'ok',
      'data directory': 'ok',
      lock: 'ok',
      'unfinished work': 'ok',
      chain: 'ok',
      signature: 'ok',
      clock: 'ok',
      sites: 'not checked',
      registries: 'not checked',
    });
    expect(outcome.sound).toBe(true);
    expect(renderExamination(outcome)).toMatch(/^registries +not checked +not asked, because of --offline$/m);
    expect(renderExamination(outcome)).toMatch(/mirror: no problem found$/);
  });

  it('warns of a version of Nx that it is not tested with', async () => {
    const nx = { version: '21.0.0', supported: '>=22.0.0', isSupported: false };
    expect(codes(await check('Nx', { nx }))).toEqual(['SEQ0185']);
    expect((await examined({ nx })).sound).toBe(true);
  });

  it('says why no engine can mirror', async () => {
    await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nengine: oc-mirror\n');
    const found = await check('engine', { env: { PATH: '/nowhere' } });
    expect(found).toMatchObject({ result: 'error', findings: [{ next: expect.any(String) }] });
  });

  it('finds a record that was edited, and goes on with the other checks', async () => {
    await write('mirror/content/seq1-baseline/imageset-config.yaml', 'kind: x\n');
    const { checks, sound } = await examined();
    expect(checks.find(({ name }) => name === 'chain')?.result).toBe('error');
    expect(checks.find(({ name }) => name === 'clock')?.result).toBe('ok');
    expect(sound).toBe(false);
  });

  it('finds a clock that is behind the newest seal', async () => {
    expect(codes(await check('clock', { now: () => new Date('2001-01-01T00:00:00Z') }))).toEqual(['SEQ0180']);
  });

  it('finds a lock and work that killed runs left', async () => {
    const { data } = await openMirror({ workspaceRoot: root, mirrorRoot: 'mirror', env: { HOME: dirname(root) } });
    await mkdir(join(data.root, 'stage/seq2-add-logging'), { recursive: true, mode: 0o700 });
    await writeFile(join(data.root, 'stage/seq2-add-logging/part'), 'x'.repeat(1000));
    await writeFile(data.lockFile, '');
    expect(codes(await check('lock'))).toEqual(['SEQ0183']);
    expect(await check('unfinished work')).toMatchObject({
      findings: [{ code: 'SEQ0182', next: expect.stringContaining('rm -r ') }],
    });
  });

  it('finds a site that cannot be read', async () => {
    await write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: charlie\n');
    expect(await check('sites')).toMatchObject({ result: 'error', findings: [{ code: 'SEQ0612' }] });
  });

  describe('asks registries', () => {
    let lab: Lab;
    beforeAll(async () => void (lab = await startLab()));
    afterAll(() => lab?.stop());

    const configure = (images: readonly string[], settings = '') =>
      Promise.all([
        write(
          'mirror/content/seq2-next/imageset-config.yaml',
          `kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror:\n  additionalImages:\n${images
            .map((name) => `    - name: ${name}\n`)
            .join('')}`,
        ),
        write('mirror/content/seq2-next/sequence.yaml', 'schema: seqmirror/v1\n'),
        write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: test\nengine: embedded\n${settings}`),
      ]);
    const trusting = () => `registries:\n  hosts:\n    '${lab.host}': { insecure: true }\n`;

    it('and finds one that cannot be reached, and an image that does not exist', async () => {
      await configure(['127.0.0.1:1/a/b:1', `${lab.host}/none/such:1`], trusting());
      const found = await check('registries', { online: true });
      expect(found?.result).toBe('error');
      expect(codes(found)).toHaveLength(2);
      expect(found?.findings.every(({ next }) => next !== undefined)).toBe(true);
    });

    it('and names those that answered', async () => {
      await configure([`${lab.host}/registry.redhat.io/ubi9/ubi:9.5`], trusting());
      const found = await check('registries', { online: true });
      expect(found).toMatchObject({ result: 'ok', fact: expect.stringContaining(lab.host) });
    });
  });
});
