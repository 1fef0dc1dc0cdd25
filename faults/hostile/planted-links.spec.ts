/**
 * Links and pipes planted at every name that we write or read, found by watching each step of a journey: mirror, validate,
 * bundle, upload, acknowledge, reissue, prune, restore.
 * Nothing outside may change, nothing may hang, and a step that cannot go on says so by a code.
 */
import { execFile } from 'node:child_process';
import nodeFs from 'node:fs';
import fs, { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { acknowledge } from '../../plugin/src/api';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { bundled } from '../../testing/worlds/bundling';
import { aDisk, aSite, pruned, restore, sealFrom } from '../../testing/worlds/pruning';
import { receiptText } from '../../testing/worlds/receipts';
import { lose, reissue } from '../../testing/worlds/reissuing';
import { trusting, upload } from '../../testing/worlds/uploading';
import type { World } from '../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../testing/worlds/world';
import { sizeOf } from '../size';

jest.setTimeout(sizeOf({ small: 20, full: 60 }) * 60_000);

const watched = ['open', 'rename', 'link', 'symlink', 'mkdir', 'rm'] as const;
// What hangs does so for ever; on a busy machine the rest may take its time.
const longestMs = 30_000;

let upstream: Lab;
let registry: Lab;
beforeAll(async () => {
  [upstream, registry] = await Promise.all([startUpstream(), startLab({ images: [] })]);
});
afterAll(() => Promise.all([upstream.stop(), registry.stop(), ...[...bases.values()].map((world) => world.remove())]));

const sealed = 'seq1-baseline';
const now = () => new Date('2026-11-24T12:00:00Z');

interface Step {
  readonly name: string;
  /** What its worlds have in common, made once: sealing a sequence for each of a hundred worlds takes a minute. */
  readonly base?: (world: World) => Promise<unknown>;
  readonly prepare?: (world: World) => Promise<unknown>;
  readonly run: (world: World) => Promise<unknown>;
}

let uploads = 0;

/** A new baseline that a site has, so that the first sequence can be retired. */
async function aSpareSequence(world: World): Promise<void> {
  await sealFrom(world, 'seq2-again', [ubi], 'none');
  await aSite(world, 'bravo', 2);
}

const steps: readonly Step[] = [
  {
    name: 'mirror',
    prepare: (world) => world.sequence('seq2-add-app', [ubi, app]),
    run: (world) => world.mirror('seq2-add-app'),
  },
  {
    name: 'validate',
    run: ({ location }) =>
      validate({ location, depth: 'deep', progress: silentProgress, signal: new AbortController().signal, now }),
  },
  { name: 'bundle', run: (world) => bundled(world, sealed) },
  {
    name: 'upload',
    prepare: async (world) => {
      const settings = await world.read('mirror/seqmirror.yaml');
      await world.write('mirror/seqmirror.yaml', `${settings}${trusting(registry.host)}`);
    },
    // To a place where nothing is yet.
    run: (world) => upload(world, sealed, { registry: `${registry.host}/upload${(uploads += 1)}` }),
  },
  {
    name: 'acknowledge',
    prepare: async (world) => {
      await world.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
      const answer = { site: 'bravo', sequence: 1, when: '2026-11-24T10:00:00Z' };
      await world.write('receipt', await receiptText(world.location, answer));
    },
    run: ({ location }) =>
      acknowledge({ location, site: 'bravo', answer: { kind: 'receipt', file: 'receipt' }, dryRun: false, now }),
  },
  {
    name: 'reissue',
    prepare: (world) => lose(world, sealed),
    run: (world) => reissue(world, sealed),
  },
  {
    name: 'prune',
    base: aSpareSequence,
    run: async (world) => pruned(world, { to: await aDisk(world) }),
  },
  {
    name: 'restore',
    base: aSpareSequence,
    // The records name the disk by its path, so each world moves its own archives.
    prepare: async (world) => pruned(world, { to: await aDisk(world) }),
    run: (world) => restore(world, sealed),
  },
];

const bases = new Map<Step, World>();

async function worldFor(step: Step): Promise<World> {
  const { base, prepare } = step;
  if (base !== undefined && !bases.has(step)) {
    const made = await aSealedMirror(upstream, { [sealed]: [ubi] });
    bases.set(step, made);
    await base(made);
  }
  const world = await (bases.get(step)?.copy() ?? aSealedMirror(upstream, { [sealed]: [ubi] }));
  await prepare?.(world);
  return world;
}

/** Every path that a step touches, from the folder that holds workspace and data directory. */
async function namesTouched(step: Step): Promise<string[]> {
  const world = await worldFor(step);
  const outer = dirname(world.root);
  const names = new Set<string>();
  const note = (args: readonly unknown[]): void => {
    for (const path of args.filter((arg) => typeof arg === 'string')) {
      const name = relative(outer, path);
      if (!name.startsWith('..') && name !== '') names.add(name);
    }
  };
  const spies = watched.map((call) => {
    const real = fs[call] as (...args: unknown[]) => Promise<unknown>;
    return jest.spyOn(fs, call as 'rename').mockImplementation((...args: unknown[]) => {
      note(args);
      return real(...args) as Promise<void>;
    });
  });
  // Short files are read without waiting.
  const { openSync } = nodeFs;
  const opened = jest.spyOn(nodeFs, 'openSync').mockImplementation((...args) => {
    note(args);
    return openSync(...args);
  });
  try {
    await step.run(world);
  } finally {
    for (const spy of [...spies, opened]) spy.mockRestore();
    await world.remove();
  }
  // Names aside are random now; earlier versions had these.
  const fixed = [...names].map((name) => name.replace(/\.[0-9a-f]{16}\.tmp$/, '.tmp'));
  const marks = [...names].map((name) => join(dirname(name), '.seqmirror-writing'));
  // The roots themselves may lie behind links, which their owner made.
  const roots = /^(?:workspace|workspace\/mirror|workspace\/disk|disk|data|data\/test|home)$/;
  return [...new Set([...fixed, ...marks])].filter((name) => !/\.[0-9a-f-]{36}/.test(name) && !roots.test(name)).sort();
}

const kinds = ['a link to a file', 'a link to a folder', 'a link to nothing', 'a pipe'] as const;

async function plant(path: string, kind: (typeof kinds)[number], outside: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  if (kind === 'a pipe') await promisify(execFile)('mkfifo', [path]);
  else if (kind === 'a link to nothing') await symlink(join(outside, 'new'), path);
  else await symlink(kind === 'a link to a file' ? join(outside, 'canary') : outside, path);
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('it hangs'), longestMs)));
  const done = work.then(
    () => 'done',
    (error: unknown) => (isSeqmirrorError(error) ? 'refused' : `no code: ${String(error)}`),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

describe.each(steps)('a link or a pipe planted at any name that $name touches', (step) => {
  it.each(kinds)('is never written through, and hangs nothing: %s', async (kind) => {
    const wrong: string[] = [];
    const names = await namesTouched(step);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const world = await worldFor(step);
      const outer = dirname(world.root);
      const outside = join(outer, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'canary'), 'untouched', { mode: 0o600 });
      await plant(join(outer, name), kind, outside);
      const outcome = await outcomeOf(step.run(world));
      if (!['done', 'refused'].includes(outcome)) wrong.push(`${name}: ${outcome}`);
      const { mode } = await lstat(join(outside, 'canary'));
      const kept = (await readFile(join(outside, 'canary'), 'utf8')) === 'untouched' && (mode & 0o777) === 0o600;
      if (!kept || (await readdir(outside)).length !== 1) wrong.push(`${name}: changed what lies outside`);
      await world.remove();
    }
    expect(wrong).toEqual([]);
  });
});
