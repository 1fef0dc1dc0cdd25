/** seqmirror-upload.js by itself, out of a bundle of the packed plugin: nothing beside it but Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab, LabOptions } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { sumUp } from '../../testing/worlds/carried';
import type { Outcome } from '../harness/run';
import { run } from '../harness/run';
import type { BundledChain } from './bundled-chain.fixture';
import { app, bundledChain, differencesAt, tool, ubi, volumesIn } from './bundled-chain.fixture';

jest.setTimeout(10 * 60_000);

describeWith(['docker-registry', 'skopeo'], 'seqmirror-upload.js', () => {
  let chain: BundledChain;
  let baseline: string;
  let older: string;
  let cumulative: string;
  let individual: string;
  let volume: string;
  let home: string;

  beforeAll(async () => {
    chain = await bundledChain();
    ({ baseline, older, cumulative, individual } = chain.bundles);
    [volume = ''] = await volumesIn(chain.bundles.volumes);
  });
  afterAll(() => chain?.close());
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'seqmirror-far-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const output = () => join(home, 'out');
  const environment = () => ({ PATH: process.env['PATH'], HOME: home, COLUMNS: '1000' });
  const argumentsFor = (bundle: string, registry: string, args: readonly string[]) => [
    join(bundle, 'seqmirror-upload.js'),
    `--registry=${registry}`,
    `--output=${output()}`,
    ...args,
  ];
  const upload = (bundle: string, registry: string, args: readonly string[] = ['--insecure'], env = {}) =>
    run(process.execPath, argumentsFor(bundle, registry, args), { cwd: home, env: { ...environment(), ...env } });
  const bare = (...args: string[]): Promise<Outcome> =>
    run(process.execPath, [join(baseline, 'seqmirror-upload.js'), ...args], { cwd: home, env: environment() });

  /** A copy of a bundle, to be spoilt. */
  const copyOf = async (bundle: string): Promise<string> => {
    const copy = join(home, 'copy');
    await cp(bundle, copy, { recursive: true });
    return copy;
  };
  async function atLab(options: LabOptions, work: (lab: Lab) => Promise<void>): Promise<void> {
    const lab = await startLab({ images: [], ...options });
    try {
      await work(lab);
    } finally {
      await lab.stop();
    }
  }

  it('shows its options and how it ends', async () => {
    const { code, stdout, stderr } = await bare('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
    for (const option of [
      '--registry',
      '--allow-older',
      '--authfile',
      '--ca-file',
      '--dry-run',
      '--json',
      'Exit codes',
    ])
      expect(stdout).toContain(option);
    expect((await bare('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    { name: 'no registry', args: ['--output=x'], says: /SEQ0649 --registry is missing/ },
    { name: 'no output', args: ['--registry=r:1'], says: /SEQ0649 --output is missing/ },
    { name: 'an option of another program', args: ['--bogus'], says: /SEQ0649 Unknown option '--bogus'/ },
    { name: 'a word without an option', args: ['registry:1'], says: /SEQ0649 Unexpected argument 'registry:1'/ },
    { name: 'an address', args: ['--registry=https://r:1', '--output=x'], says: /SEQ0524 .*it is a URL/ },
    { name: 'no number', args: ['--registry=r:1', '--output=x', '--parallel=0'], says: /SEQ0649 --parallel=0 is not/ },
  ])('refuses $name', async ({ args, says }) => {
    const { code, stdout, stderr } = await bare(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says)]);
  });

  it('uploads, says so in JSON, and finds all of it there when it is run again', async () => {
    const registry = await startDebianRegistry();
    try {
      const first = await upload(cumulative, registry.host, ['--insecure', '--json']);
      expect(first.code === 0 ? '' : first.output).toBe('');
      expect(JSON.parse(first.stdout)).toMatchObject({
        schema: 'seqmirror/bundle-upload/v1',
        kind: 'uploaded',
        number: 3,
        images: 3,
        verified: 3,
        resources: { folder: join(output(), 'working-dir/cluster-resources') },
      });
      expect(await differencesAt(chain, registry, { references: [ubi, tool, app] })).toEqual([]);
      const verified = await readFile(join(output(), 'verified'), 'utf8');
      expect(verified).toBe(await readFile(join(cumulative, 'images.txt'), 'utf8'));
      const again = await upload(cumulative, registry.host);
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('already has all 3 images')]);
    } finally {
      await registry.stop();
    }
  });

  it('answers for a bundle of an earlier version in the lines of its images.txt, which have digests alone', async () => {
    const bundle = await copyOf(baseline);
    const list = join(bundle, 'images.txt');
    const former = (await readFile(list, 'utf8')).replace(/:[^@:\n]+@/g, '@');
    expect(former).toMatch(/^acme\/app@sha256:/m);
    await writeFile(list, former);
    await sumUp(bundle);
    const registry = await startDebianRegistry();
    try {
      const { code, output: said } = await upload(bundle, registry.host);
      expect(code === 0 ? '' : said).toBe('');
      expect(await readFile(join(output(), 'verified'), 'utf8')).toBe(former);
    } finally {
      await registry.stop();
    }
  });

  it('writes nothing in a dry run', () =>
    atLab({}, async (lab) => {
      const { code, stdout } = await upload(baseline, lab.host, ['--insecure', '--dry-run']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('dry run; nothing was written')]);
      const methods = lab.journal.entries.map(({ method }) => method);
      expect(methods.filter((method) => !['GET', 'HEAD'].includes(method))).toEqual([]);
    }));

  it('names the archive that is missing, with its sequence and its disc', async () => {
    const copy = await copyOf(cumulative);
    await rm(join(copy, 'archives/mirror_000002.tar'));
    const { code, stderr } = await upload(copy, 'r.example:1');
    expect(code).toBe(3);
    expect(stderr).toContain('archives/mirror_000002.tar (seq2-add-app/mirror_000001.tar), which is not in ');
    expect(stderr).toMatch(/Copy MIRROR-seq3-move-ubi-1of1 again/);
  });

  it('says that a volume alone is not enough', async () => {
    const { code, stderr } = await upload(volume, 'r.example:1');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /SEQ0645 This is only volume \d+ of \d+ of T0001[^]*\.\/seq-upload\.sh ingest` in the folder of each volume/,
    );
  });

  it('names the sequence that something came with which is nowhere', () =>
    atLab({}, async (lab) => {
      const { code, stderr } = await upload(individual, lab.host);
      expect([code, stderr]).toEqual([
        5,
        expect.stringMatching(/SEQ0641 [^]*the sequence seq[12]-\S+ added it[^]*--fresh/),
      ]);
      expect(lab.journal.entries.filter(({ method, path }) => method === 'PUT' && /manifests/.test(path))).toEqual([]);
    }));

  it.each([
    { name: 'an inventory', file: 'chain/seq2-add-app/seq-inventory.jsonl', from: '"bytes":', to: '"bytes":1' },
    { name: 'a seal', file: 'chain/chain.lock', from: 'sha256:', to: 'sha256:0' },
    { name: 'a configuration', file: 'chain/seq1-baseline/imageset-config.yaml', from: 'tool', to: 'fool' },
    { name: 'the head', file: 'bundle.env', from: 'number=3', to: 'number=2' },
  ])('uploads nothing when $name was edited', async ({ file, from, to }) => {
    const copy = await copyOf(baseline);
    const text = await readFile(join(copy, file), 'utf8');
    await writeFile(join(copy, file), text.replace(from, to));
    const { code, stderr } = await upload(copy, 'r.example:1');
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/SEQ0646 The records of seq3-move-ubi are not a valid chain/),
    ]);
  });

  it('uploads nothing out of archives of another bundle', async () => {
    const other = await copyOf(older);
    await cp(join(baseline, 'archives'), join(other, 'archives'), { recursive: true });
    const { code, stderr } = await upload(other, 'r.example:1');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/SEQ0647 .* not in its records/)]);
  });

  it('tags nothing when an archive is damaged, and says in which', () =>
    atLab({}, async (lab) => {
      const copy = await copyOf(baseline);
      const archive = join(copy, 'archives/mirror_000001.tar');
      const content = await readFile(archive);
      content.write('not what was sealed', content.length >> 1);
      await writeFile(archive, content);
      const { code, stderr } = await upload(copy, lab.host);
      expect([code, stderr]).toEqual([3, expect.stringMatching(/SEQ0523 [^]*Copy the medium again/)]);
      expect(tagsIn(lab)).toEqual([]);
    }));

  it.each([
    { when: 'at its first request', moment: /./ },
    { when: 'as the first blob comes', moment: /\/blobs\/uploads\// },
    { when: 'as the first manifest comes', moment: /\/manifests\// },
  ])('uploads nothing else when the medium is overwritten $when, after its sums were checked', ({ moment }) =>
    atLab({}, async (lab) => {
      const copy = await copyOf(baseline);
      const stop = lab.fault({ action: { bytesPerSecond: 2_000_000 } });
      const done = upload(copy, lab.host);
      while (!lab.journal.entries.some(({ path }) => moment.test(path))) await setTimeout(1);
      // In place, so that whoever has a file open reads other bytes, too.
      for (const name of ['archives/mirror_000001.tar', 'SHA256SUMS', 'bundle.env', 'chain'])
        await cp(join(older, name), join(copy, name), { recursive: true });
      const { code, stderr } = await done;
      stop();
      if (code === 0) expect(await differencesAt(chain, lab, { references: [app, tool, ubi] })).toEqual([]);
      else expect([code, stderr, tagsIn(lab)]).toEqual([3, expect.stringMatching(/SEQ\d{4} /), []]);
    }),
  );

  it('does not set tags back that a later bundle set, unless it is forced to', () =>
    atLab({}, async (lab) => {
      expect((await upload(baseline, lab.host)).code).toBe(0);
      const refused = await upload(older, lab.host);
      expect([refused.code, refused.stderr]).toEqual([
        5,
        expect.stringMatching(/SEQ0640 .*\n +ubi9\/ubi:9\.5 is [^]*--allow-older/),
      ]);
      expect((await upload(older, lab.host, ['--insecure', '--allow-older'])).code).toBe(0);
      // Forward again: what is there is known to the later one.
      expect((await upload(baseline, lab.host)).code).toBe(0);
    }));

  it('takes credentials from a file, a variable, and where podman and docker keep them', () =>
    atLab({ auth: { kind: 'basic' } }, async (lab) => {
      const none = await upload(baseline, lab.host);
      expect([none.code, none.stderr]).toEqual([8, expect.stringMatching(/SEQ0501 .*401[^]*podman login/)]);
      const authFile = lab.authFile ?? '';
      expect((await upload(baseline, lab.host, ['--insecure', `--authfile=${authFile}`])).code).toBe(0);
      expect((await upload(baseline, lab.host, ['--insecure'], { REGISTRY_AUTH_FILE: authFile })).code).toBe(0);
      await cp(authFile, join(home, '.docker/config.json'));
      expect((await upload(baseline, lab.host)).code).toBe(0);
    }));

  it('trusts an authority that it is given, and no other', () =>
    atLab({ tls: true }, async (lab) => {
      const caFile = lab.caFile ?? '';
      const none = await upload(baseline, lab.host, []);
      expect([none.code, none.stderr]).toEqual([8, expect.stringMatching(/SEQ0504 .*does not trust[^]*--ca-file=/)]);
      expect(tagsIn(lab)).toEqual([]);
      expect((await upload(baseline, lab.host, [`--ca-file=${caFile}`])).code).toBe(0);
      expect((await upload(baseline, lab.host, [], { SSL_CERT_FILE: caFile })).code).toBe(0);
      expect((await upload(baseline, lab.host, ['--insecure'])).code).toBe(0);
      const unread = await upload(baseline, lab.host, [`--ca-file=${join(home, 'nowhere.pem')}`]);
      expect([unread.code, unread.stderr]).toEqual([2, expect.stringContaining('SEQ0517')]);
    }));

  it('continues after a kill at any moment, and sets no tag too early', async () => {
    let needed = 0;
    await atLab({}, async (lab) => {
      await upload(baseline, lab.host);
      needed = lab.journal.entries.length;
    });
    for (const share of [0.2, 0.5, 0.8, 0.95]) {
      await atLab({}, async (lab) => {
        const child = spawn(process.execPath, argumentsFor(baseline, lab.host, ['--insecure']), {
          cwd: home,
          env: environment(),
          stdio: 'ignore',
        });
        const ended = once(child, 'exit');
        while (lab.journal.entries.length < Math.floor(needed * share) && child.exitCode === null) await setTimeout(1);
        child.kill('SIGKILL');
        await ended;
        await lab.journal.idle();
        const puts = manifestsPut(lab);
        const firstTag = puts.findIndex((reference) => !reference.startsWith('sha256:'));
        const afterTag = firstTag === -1 ? [] : puts.slice(firstTag);
        expect(afterTag.filter((reference) => reference.startsWith('sha256:'))).toEqual([]);
        const { code, output: said } = await upload(baseline, lab.host);
        expect(code === 0 ? '' : said).toBe('');
        expect(new Set(tagsIn(lab)).size).toBe(4);
      });
    }
  });

  it('stops at Ctrl-C with a word and 130, and says in "verified" nothing of an upload that did not end', () =>
    atLab({}, async (lab) => {
      await upload(older, lab.host);
      lab.journal.clear();
      const release = lab.fault({ match: { method: 'PUT' }, action: { status: 429, retryAfter: 60 } });
      const child = spawn(process.execPath, argumentsFor(baseline, lab.host, ['--insecure']), {
        cwd: home,
        env: environment(),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      while (!lab.journal.entries.some(({ method }) => method === 'POST')) await setTimeout(2);
      // Not `exit`: what it said last may not have been read by then.
      const ended = once(child, 'close') as Promise<[number]>;
      child.kill('SIGINT');
      const [code] = await ended;
      release();
      expect([code, stderr]).toEqual([
        130,
        expect.stringContaining('Interrupted. The registry keeps what was uploaded'),
      ]);
      await expect(readFile(join(output(), 'verified'), 'utf8')).rejects.toThrow('ENOENT');
      expect((await upload(baseline, lab.host)).code).toBe(0);
    }));

  it('says that it cannot write its output', async () => {
    await writeFile(output(), 'a file');
    await atLab({}, async (lab) => {
      const { code, stderr } = await upload(baseline, lab.host);
      expect([code, stderr]).toEqual([7, expect.stringContaining('SEQ0702')]);
      expect(tagsIn(lab)).toEqual([]);
    });
  });

  it('shows no control characters from a medium', async () => {
    const copy = await copyOf(baseline);
    await appendFile(join(copy, 'bundle.env'), '\u001b[2Jhello\n');
    const { code, stderr } = await upload(copy, 'r.example:1');
    expect([code, stderr.includes('\u001b')]).toEqual([3, false]);
  });
});

/** Digests and tags under which manifests were put, in that order. */
function manifestsPut({ journal }: Lab): string[] {
  return journal.entries
    .filter(({ method, path, status }) => method === 'PUT' && status === 201 && path.includes('/manifests/'))
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}

/** Places that were tagged. */
function tagsIn({ journal }: Lab): string[] {
  return journal.entries
    .filter(({ method, path, status }) => method === 'PUT' && status === 201 && /\/manifests\/[^:]+$/.test(path))
    .map(({ path }) => path);
}
