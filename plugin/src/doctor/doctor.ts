/**
 * Looks for what could go wrong before it does, and says how to fix each problem. Changes nothing; asks the registries
 * that configurations name, if it may.
 */
import { engineNamed } from '../engine/choose-engine';
import type { Chain, Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain, requireSoundLock } from '../mirror/mirror';
import { readConfig, readMetadataIfThere } from '../mirror/records';
import type { Run } from '../mirror/run';
import { openSealedChain } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import { chainSignature } from '../mirror/signing/signing';
import { readSite, siteFolders } from '../mirror/sites/sites';
import { unfinishedWorkIn } from '../mirror/unfinished-work';
import { headOf, sealedEntries } from '../sequence/chain-lock';
import { counted } from '../system/counted';
import { freeBytes } from '../system/disk';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { findingOf, isSeqmirrorError } from '../system/errors';
import { readLock } from '../system/lock';
import { clockBehind, littleSpace, lockLeftOver, nxNotSupported, umaskTooStrict, workLeftOver } from './errors';
import type { Found } from './found';
import { askRegistries } from './registries';

/** The options of `examine`. */
export interface ExamineOptions extends Run {
  readonly location: MirrorLocation;
  /** Whether registries may be asked. */
  readonly online: boolean;
  /** The Nx of the workspace, if the caller knows it. */
  readonly nx?: { readonly version: string; readonly supported: string; readonly isSupported: boolean } | undefined;
}

/** The result of `examine`. */
export interface Examination {
  readonly mirror: string;
  readonly checks: readonly Check[];
  /** Whether no check found an error. `true` also with warnings. */
  readonly sound: boolean;
}

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly result: 'ok' | 'warning' | 'error' | 'not checked';
  /** What was found, or why nothing was looked at. */
  readonly fact: string;
  readonly findings: readonly Finding[];
}

/**
 * Runs every check; the failure of one does not stop the others.
 *
 * @throws SEQ0170, SEQ0702, SEQ0173 and SEQ0174 for a mirror whose settings or data directory cannot be used at all
 *
 * @example
 * ```ts
 * const { checks } = await examine({ ...run, location, online: false });
 * ```
 */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const mirror = await openMirror(options.location);
  const chain = await readChain(mirror);
  const world = { mirror, chain, options };
  const checks: Check[] = [];
  for (const [name, check] of Object.entries(allChecks)) {
    options.signal.throwIfAborted();
    options.progress.detail(name);
    checks.push(await ran(name, () => check(world)));
  }
  return { mirror: mirror.name, checks, sound: checks.every(({ result }) => result !== 'error') };
}

interface World {
  readonly mirror: Mirror;
  readonly chain: Chain;
  readonly options: ExamineOptions;
}

const allChecks: Readonly<Record<string, (world: World) => Promise<Found> | Found>> = {
  Nx: ({ options: { nx } }) =>
    nx === undefined
      ? { fact: 'not known here', isSkipped: true }
      : { fact: nx.version, findings: nx.isSupported ? [] : [nxNotSupported(nx)] },
  engine: async ({ mirror: { settings }, options: { location } }) => {
    const { version } = await engineNamed(settings.engine ?? 'auto', {
      options: engineOptions(settings),
      env: location.env,
    });
    return { fact: `${version.version} (${version.found})` };
  },
  umask: () => {
    const umask = process.umask();
    const shown = umask.toString(8).padStart(3, '0');
    return { fact: shown, findings: (umask & 0o700) === 0 ? [] : [umaskTooStrict({ umask: shown })] };
  },
  'data directory': async (world) => {
    const { data } = world.mirror;
    const free = await freeBytes(data.root);
    const largest = await largestSequence(world);
    const isEnough = largest === undefined || largest.bytes <= free;
    return {
      fact: `${data.root}, ${formatBytes(free)} free`,
      findings: isEnough
        ? []
        : [littleSpace({ path: data.root, free, largest: largest.bytes, folder: largest.folder })],
    };
  },
  lock: async ({ mirror }) => {
    const found = await readLock(mirror.data.lockFile);
    if (found.state !== 'stale') return { fact: found.state === 'free' ? 'free' : `held by ${found.holder.purpose}` };
    return {
      fact: 'left by a killed run',
      findings: [lockLeftOver({ mirror: mirror.name, since: found.holder?.since })],
    };
  },
  'unfinished work': async ({ mirror, chain }) => {
    const left = await unfinishedWorkIn(mirror, chain);
    return { fact: left.length === 0 ? 'none' : counted(left.length, 'folder'), findings: left.map(workLeftOver) };
  },
  chain: async ({ mirror, chain }) => {
    requireSoundLock(chain);
    const { sequences } = await openSealedChain(mirror, { trust: 'proven', chain });
    if (sequences.length === 0) return { fact: 'nothing is sealed yet', isSkipped: true };
    return { fact: `${counted(sequences.length, 'sealed sequence')}, as sealed` };
  },
  signature: async ({ mirror, chain }) => {
    if (headOf(chain.lock) === undefined) return { fact: 'nothing is sealed yet', isSkipped: true };
    const { findings, by } = await chainSignature(mirror);
    return { fact: by === undefined ? 'chain.lock is not signed' : `chain.lock is signed by ${by}`, findings };
  },
  clock: async (world) => {
    const { folder, timestamp } = (await newestMetadata(world)) ?? {};
    const now = world.options.now().toISOString();
    if (folder === undefined || timestamp === undefined) return { fact: now, isSkipped: true };
    const isBehind = Date.parse(timestamp) > Date.parse(now);
    return { fact: now, findings: isBehind ? [clockBehind({ folder, sealed: timestamp, now })] : [] };
  },
  sites: async ({ mirror }) => {
    const names = await siteFolders(mirror);
    const findings: Finding[] = [];
    for (const name of names) findings.push(...(await findingsOf(() => readSite(mirror, name))));
    return {
      fact: names.length === 0 ? 'none' : counted(names.length, 'site'),
      findings,
      isSkipped: names.length === 0,
    };
  },
  registries: async ({ mirror, chain, options }) => {
    if (!options.online) return { fact: 'not asked, because of --offline', isSkipped: true };
    const { folder } = chain.folders.at(-1) ?? {};
    if (folder === undefined) return { fact: 'no imageset configuration names one yet', isSkipped: true };
    const document = await readConfig(mirror, folder);
    const { location, signal } = options;
    const settings = registrySettings(mirror.settings, mirror.root);
    return askRegistries(document, { settings, env: location.env, signal, retries: 0 });
  },
};

/** The newest sealed sequence, by the times in the records. */
async function newestMetadata({ mirror, chain }: World): Promise<{ folder: string; timestamp: string } | undefined> {
  const head = headOf(chain.lock);
  const metadata = head === undefined ? undefined : await readMetadataIfThere(mirror, head.folder);
  return metadata === undefined || head === undefined
    ? undefined
    : { folder: head.folder, timestamp: metadata.timestamp };
}

/** The one with the most bytes of archives. */
async function largestSequence({ mirror, chain }: World): Promise<{ folder: string; bytes: number } | undefined> {
  let largest: { folder: string; bytes: number } | undefined;
  for (const { folder } of sealedEntries(chain.lock)) {
    const { archives = [] } = (await readMetadataIfThere(mirror, folder)) ?? {};
    const bytes = sumOfBytes(archives);
    if (largest === undefined || bytes > largest.bytes) largest = { folder, bytes };
  }
  return largest;
}

async function ran(name: string, check: () => Promise<Found> | Found): Promise<Check> {
  try {
    const { fact, findings = [], isSkipped = false } = await check();
    const isError = findings.some(({ severity }) => severity === 'error');
    const result = isError ? 'error' : findings.length > 0 ? 'warning' : isSkipped ? 'not checked' : 'ok';
    return { name, result, fact, findings };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return { name, result: 'error', fact: 'failed', findings: [findingOf(error)] };
  }
}

async function findingsOf(check: () => Promise<unknown>): Promise<Finding[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (isSeqmirrorError(error)) return [findingOf(error)];
    throw error;
  }
}
