import type { MirrorLocation } from '../mirror/mirror';
import { openMirror } from '../mirror/mirror';
import type { Setback } from '../mirror/sites/sites';
import {
  headOfLedger,
  notAcknowledgedEver,
  readSite,
  rolledBack,
  siteProjectName,
  writeLedger,
} from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';

/** The options of `rollbackSite`. */
export interface RollbackOptions {
  readonly location: MirrorLocation;
  readonly site: string;
  readonly setback: Setback;
  /** The reason, for the ledger. */
  readonly note?: string | undefined;
  readonly dryRun: boolean;
  readonly now: () => Date;
}

/** What `rollbackSite` changed, or would change. */
export interface RollbackOutcome {
  readonly site: string;
  /** Heads before and after; 0 if nothing was acknowledged. */
  readonly from: number;
  readonly to: number;
  /** `false` if the ledger said so already, and in a dry run. */
  readonly changed: boolean;
  readonly done: boolean;
  readonly setback: Setback;
}

/**
 * Moves a site's ledger back, since the site no longer has what it acknowledged. The next bundle carries it again.
 *
 * @throws SEQ0613 for a sequence that the site never acknowledged
 *
 * @example
 * ```ts
 * const setback = { kind: 'restored', to: 3 } as const;
 * await rollbackSite({ location, site: 'bravo', setback, dryRun: false, now: run.now });
 * ```
 */
export async function rollbackSite(options: RollbackOptions): Promise<RollbackOutcome> {
  const { location, site, setback, dryRun, now } = options;
  const mirror = await openMirror(location);
  const { ledger } = await readSite(mirror, site);
  const known = ledger.entries.map(({ sequence }) => sequence);
  if (setback.kind === 'restored' && !known.includes(setback.to)) {
    throw notAcknowledgedEver({ site, number: setback.to, known, project: siteProjectName(mirror, site) });
  }
  const note = options.note ?? reasonOf(setback);
  const after = rolledBack(ledger, setback, { at: timestampOf(now()), note });
  const changed = after !== ledger;
  if (changed && !dryRun) await writeLedger(mirror, site, after);
  return {
    site,
    from: headOfLedger(ledger)?.sequence ?? 0,
    to: headOfLedger(after)?.sequence ?? 0,
    changed,
    done: changed && !dryRun,
    setback,
  };
}

function reasonOf(setback: Setback): string {
  switch (setback.kind) {
    case 'restored':
      return `restored from a backup that has seq${setback.to}`;
    case 'wiped':
      return 'wiped';
    case 'cache wiped':
      return "the cache of the site's oc-mirror was wiped, its registry was not";
  }
}
