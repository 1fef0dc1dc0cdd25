import type { RollbackOutcome } from '../../sites/site-rollback';
import type { SitesStatus, SiteStanding, TransferInTransit } from '../../sites/site-status';
import { formatBytes } from '../../system/byte-size';
import { renderExplanations } from '../../system/errors';
import { renderTable } from './table';
import { unfinishedLines } from './unfinished-work';

/** The table of `nx run mirror:status` or of one site, what is wrong below it, and what to do next. */
export function renderSitesStatus({ mirror, chainHead, sites, problems, unfinished }: SitesStatus): string {
  const troubles = renderExplanations(problems);
  if (sites.length === 0 && troubles.length === 0) {
    return `${mirror} has no sites yet.\nNext: nx g seqmirror:site bravo --mirror=${mirror}`;
  }
  const table = renderTable(
    [
      { title: 'SITE' },
      { title: 'HAS' },
      { title: 'KNOWN' },
      { title: 'WHERE' },
      { title: 'SINCE (UTC)' },
      { title: 'BEHIND', align: 'right' },
      { title: 'LACKS', align: 'right' },
      { title: 'ON ITS WAY' },
    ],
    sites.map(rowOf),
  );
  const last =
    chainHead === undefined
      ? 'This mirror has no sealed sequence yet'
      : `The last sequence is ${chainHead.folder}: a new site needs ${formatBytes(chainHead.bytes)}`;
  return [
    ...(sites.length === 0 ? [] : [table]),
    ...troubles,
    ...sites.flatMap(unknownSealsOf),
    ...unfinishedLines(unfinished),
    last,
    ...sites.flatMap(({ next }) => (next === undefined ? [] : [`Next: ${next}`])),
  ].join('\n');
}

/** What `rollback` changed, or would change. */
export function renderRollback(outcome: RollbackOutcome, project: string): string {
  const { site, from, to, changed, done, setback } = outcome;
  const has = to === 0 ? 'nothing' : `seq${to}`;
  if (!changed) return `${site}: the ledger already says that the site has ${has}; nothing to do`;
  const what =
    setback.kind === 'cache wiped'
      ? `${site}: its registry has ${has}, and the cache of its oc-mirror is empty`
      : `${site}: has ${has}; its ledger said ${from === 0 ? 'nothing' : `seq${from}`} before`;
  return done ? `${what}\nNext: nx run ${project}:bundle --output=<folder>` : `${what} (dry run; nothing was written)`;
}

function rowOf({ site, head, lag, inTransit }: SiteStanding): string[] {
  return [
    site,
    head === undefined ? 'nothing' : `seq${head.number}`,
    head?.confidence ?? '-',
    head?.heldIn ?? '-',
    head === undefined ? '-' : head.at.slice(0, 16).replace('T', ' '),
    lag.sequences === 0 ? '-' : String(lag.sequences),
    lag.blobs === 0 ? 'nothing' : formatBytes(lag.bytes),
    inTransit.length === 0 ? '-' : inTransit.map(onItsWay).join('; '),
  ];
}

function onItsWay({ id, head, bytes, days, overdue }: TransferInTransit): string {
  const since = days === 0 ? 'today' : days === 1 ? '1 day' : `${days} days`;
  return `${id} seq${head} ${formatBytes(bytes)}, ${since}${overdue ? ', overdue' : ''}`;
}

function unknownSealsOf({ site, unknownSeals }: SiteStanding): string[] {
  if (unknownSeals.length === 0) return [];
  return [
    `${site} acknowledged ${unknownSeals.length === 1 ? 'a seal' : `${unknownSeals.length} seals`} that this chain does not have: ${unknownSeals.join(', ')}. seqmirror ignores ${unknownSeals.length === 1 ? 'it' : 'them'}; check with \`git pull\` that this clone is up to date`,
  ];
}
