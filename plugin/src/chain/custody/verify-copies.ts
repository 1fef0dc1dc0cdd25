/**
 * Verifies copies of archives where they are. Every byte is read and hashed, and custody.yaml gets the day; a copy whose
 * bytes differ is removed from custody.yaml, so that nobody relies on it. What cannot be reached is reported, and stays
 * recorded: its disk may not be mounted.
 */
import { resolve } from 'node:path';
import type { Mirror } from '../../mirror/mirror';
import { openMirror } from '../../mirror/mirror';
import { readCustodyIfThere, writeCustody } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import { copiesOf, isPlace } from '../../mirror/way-back';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import { isStorageAddress, parseStorageAddress } from '../../object-storage/address';
import { withoutCopy, withVerifiedCopy } from '../../sequence/custody';
import { dateOf } from '../../sequence/one-line';
import { sumOfBytes } from '../../system/byte-size';
import { isSeqmirrorError } from '../../system/errors';
import type { CopyPlace, RecordedArchive } from '../copies/copies';
import { openPlaceWithCopies, pathsOfCopies } from '../copies/copies';
import { noCopyToVerify } from '../errors';
import type { SequenceHere } from '../sequence-here';
import type { CustodyScope } from './list-custody';
import { sequencesOf } from './list-custody';

/** The options of `verifyCopies`. */
export interface VerifyOptions extends Run, CustodyScope {
  /** Only copies at this place, as custody.yaml names it. */
  readonly place?: string | undefined;
  /** Compares only sizes, and what object storage says about the content. Proves nothing, and records nothing. */
  readonly quick: boolean;
}

/** One copy of one sequence, and what was found. */
export interface VerifiedCopyOutcome {
  readonly number: number;
  readonly folder: string;
  readonly where: string;
  /** The bytes of all its archives. */
  readonly bytes: number;
  /**
   * `sound`: every byte is what was sealed, or with `quick`, sizes are right. `damaged`: an archive differs.
   * `missing`: an archive is not there, or cannot be read. `unreachable`: the place cannot be read now.
   */
  readonly found: 'sound' | 'damaged' | 'missing' | 'unreachable';
  /** Archives that are damaged or missing. */
  readonly archives: readonly string[];
  /** Why the place cannot be read. */
  readonly why?: string | undefined;
}

/** What `verifyCopies` found. */
export interface VerifyOutcome {
  readonly kind: 'verified';
  readonly mirror: string;
  readonly depth: 'full' | 'quick';
  readonly copies: readonly VerifiedCopyOutcome[];
  /** Whether every copy is sound. */
  readonly sound: boolean;
}

/**
 * Verifies all copies that custody.yaml lists outside the store, or those of one sequence or one place.
 *
 * @throws SEQ0268 if there is no such copy, SEQ0203 while another run goes on
 *
 * @example
 * ```ts
 * const { sound } = await verifyCopies({ ...run, location, place: '/media/archive', quick: false });
 * ```
 */
export async function verifyCopies(options: VerifyOptions): Promise<VerifyOutcome> {
  const { location, folder, quick } = options;
  const mirror = await openMirror(location);
  const only = options.place === undefined ? undefined : recordedName(mirror, options.place);
  const verify = async (): Promise<VerifyOutcome> => {
    const copies = (await sequencesOf(mirror, { folder })).flatMap((sequence) =>
      copiesOf(sequence.custody).flatMap(({ where }) =>
        only === undefined || only === where ? [{ sequence, where }] : [],
      ),
    );
    if (copies.length === 0) throw noCopyToVerify({ mirror: mirror.name, place: only });
    const found = await verifyAll(mirror, copies, options);
    return {
      kind: 'verified',
      mirror: mirror.name,
      depth: quick ? 'quick' : 'full',
      copies: found,
      sound: found.every((copy) => copy.found === 'sound'),
    };
  };
  return quick ? verify() : withMirrorLock(mirror, { purpose: 'custody --verify', ...options }, verify);
}

type OpenedPlace = { readonly place: CopyPlace } | { readonly why: string };

async function verifyAll(
  mirror: Mirror,
  copies: readonly { readonly sequence: SequenceHere; readonly where: string }[],
  options: VerifyOptions,
): Promise<VerifiedCopyOutcome[]> {
  const { progress, quick, now } = options;
  progress.step('verify');
  if (!quick) progress.total(sumOfBytes(copies.flatMap(({ sequence }) => sequence.metadata.archives)));
  const opened = new Map<string, OpenedPlace>();
  try {
    const found: VerifiedCopyOutcome[] = [];
    for (const { sequence, where } of copies) {
      options.signal.throwIfAborted();
      const { number, folder } = sequence.entry;
      progress.detail(folder);
      const known = opened.get(where) ?? (await openedAt(mirror, where, options));
      opened.set(where, known);
      const result = await verifyCopy(mirror, sequence, { ...options, known });
      found.push({ number, folder, where, bytes: sumOfBytes(sequence.metadata.archives), ...result });
      if (quick) continue;
      // A sequence may have several copies: the record is read again.
      const custody = await readCustodyIfThere(mirror, folder);
      if (result.found === 'sound')
        await writeCustody(mirror, folder, withVerifiedCopy(custody, { where, date: dateOf(now()) }));
      else if (result.found === 'damaged' && custody !== undefined)
        await writeCustody(mirror, folder, withoutCopy(custody, where));
    }
    progress.done(found.length === 1 ? '1 copy' : `${found.length} copies`);
    return found;
  } finally {
    for (const each of opened.values()) if ('place' in each) await each.place.close();
  }
}

async function openedAt(mirror: Mirror, where: string, { location, ...run }: VerifyOptions): Promise<OpenedPlace> {
  if (!isPlace(where)) return { why: 'its name is neither a folder nor a place in object storage' };
  try {
    const place = await openPlaceWithCopies(where, { mirror, env: location.env, run });
    return place === undefined ? { why: 'it is not a folder on this machine now' } : { place };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return { why: error.what };
  }
}

async function verifyCopy(
  mirror: Mirror,
  { entry: { folder }, metadata }: SequenceHere,
  { known, quick, ...run }: VerifyOptions & { readonly known: OpenedPlace },
): Promise<Pick<VerifiedCopyOutcome, 'found' | 'archives' | 'why'>> {
  if ('why' in known) return { found: 'unreachable', archives: [], why: known.why };
  const { place } = known;
  const bad = new Map<'damaged' | 'missing', string[]>([
    ['damaged', []],
    ['missing', []],
  ]);
  for (const recorded of metadata.archives) {
    const paths = pathsOfCopies(mirror, { folder, metadata, name: recorded.name });
    const state = await stateOf(recorded, { place, paths, quick, run });
    if (state !== 'sound') bad.get(state)?.push(recorded.name);
  }
  for (const [found, archives] of bad) if (archives.length > 0) return { found, archives };
  return { found: 'sound', archives: [] };
}

/** One of several files is enough. */
async function stateOf(
  recorded: RecordedArchive,
  {
    place,
    paths,
    quick,
    run,
  }: { readonly place: CopyPlace; readonly paths: readonly string[]; readonly quick: boolean; readonly run: Run },
): Promise<'sound' | 'damaged' | 'missing'> {
  let state: 'damaged' | 'missing' = 'missing';
  for (const path of paths) {
    const seen = await place.look(path);
    if (seen === undefined) continue;
    const isSize = seen.bytes === recorded.bytes;
    const stated = quick ? (seen.statedSha256 ?? recorded.sha256) : undefined;
    const sha256 = isSize ? (stated ?? (await place.sha256Of(path, run))) : 'of another file';
    if (sha256 === recorded.sha256) return 'sound';
    // A file that cannot be read may be readable tomorrow.
    if (sha256 !== undefined) state = 'damaged';
  }
  return state;
}

/** A place as custody.yaml names it. @throws SEQ0533 */
function recordedName({ workspaceRoot }: Mirror, place: string): string {
  return isStorageAddress(place) ? parseStorageAddress(place).text : resolve(workspaceRoot, place);
}
