/** The page of a mirror: its sequences, sites, transfers, and how well all of it is known. */
import { formatBytes } from '../../system/byte-size';
import type { MirrorReport, ReportedSequence, ReportedSite, ReportedTransfer } from '../mirror-report';
import {
  changesInWords,
  confidenceInWords,
  copyInWords,
  counted,
  custodyInWords,
  engineInWords,
  lagInWords,
  newsLists,
  notRecorded,
  percentOf,
  proveCommand,
  reportIsFromRecords,
  signatureInWords,
  stateInWords,
  typeInWords,
} from '../report-words';
import type { Html, HtmlValue } from './html';
import { markup } from './html';
import { digest, minute, page, table } from './page';

/** Where the pages of transfers lie beside this one, by their ids. */
export type PagesOfTransfers = ReadonlyMap<string, string>;

export function mirrorPage(report: MirrorReport, pages: PagesOfTransfers): string {
  const { mirror, sequences, sites, recordsUpTo } = report;
  const upTo = recordsUpTo === undefined ? undefined : markup`, records up to ${minute(recordsUpTo)}`;
  return page({
    title: `${mirror}: report`,
    body: markup`<header>
        <h1>${mirror}</h1>
        <p class="quiet">${counted(sequences.length, 'sealed sequence')}, ${counted(sites.length, 'site')}${upTo}</p>
      </header>
      <main>
        ${figures(report)}
        <h2>Sites</h2>
        ${sitesTable(report)}
        <h2>Sequences</h2>
        ${timeline(report)}
        <h2>Transfers</h2>
        ${transfersTable(report, pages)}
        <h2>Proof and custody</h2>
        ${proof(report)}
      </main>
      <footer>
        <h2>About this report</h2>
        <p>${reportIsFromRecords}</p>
        <p>To prove archives and signatures: <code>${proveCommand(report)}</code></p>
      </footer>`,
  });
}

function figures({ totals, sequences, sites }: MirrorReport): Html {
  const { archiveBytes, completeArchivesBytes, savedBytes, newSiteBytes, sitesUpToDate } = totals;
  const cards: readonly (readonly [string, string, string])[] = [
    ['Archives of the chain', formatBytes(archiveBytes), counted(sequences.length, 'sequence')],
    [
      'Saved against complete archives',
      formatBytes(savedBytes),
      `${percentOf(savedBytes, completeArchivesBytes)} of ${formatBytes(completeArchivesBytes)}`,
    ],
    ['A new site needs', formatBytes(newSiteBytes), 'the archives of the newest sequence and of those it needs'],
    ['Sites with the newest sequence', `${sitesUpToDate} of ${sites.length}`, 'by what they acknowledged'],
  ];
  return markup`<dl class="figures">
    ${cards.map(
      ([title, amount, more]) =>
        markup`<div>
          <dt>${title}</dt>
          <dd class="amount">${amount}</dd>
          <dd class="more">${more}</dd>
        </div> `,
    )}
  </dl>`;
}

function sitesTable({ sites }: MirrorReport): Html {
  if (sites.length === 0) return markup`<p>The mirror has no sites yet.</p>`;
  const columns = [
    { title: 'Site' },
    { title: 'Has' },
    { title: 'How it is known' },
    { title: 'Lacks' },
    { title: 'On its way' },
  ];
  return table(
    { caption: 'Sites: what each has, what it lacks and what is on its way', columns },
    sites.map((site) => [
      markup`<strong>${site.site}</strong>`,
      site.head === undefined ? 'nothing' : markup`seq${site.head.number}, since ${minute(site.head.at)}`,
      site.head === undefined ? '-' : confidenceInWords[site.head.confidence],
      markup`<span class="${site.lag.sequences === 0 ? 'good' : 'alert'}">${lagInWords(site, formatBytes)}</span>`,
      onTheWay(site),
    ]),
  );
}

function onTheWay({ onTheWay: transfers }: ReportedSite): HtmlValue {
  if (transfers.length === 0) return '-';
  return transfers.map(
    ({ id, head, made, due }) =>
      markup`<div>
        ${id} with seq${head}, made
        ${made.slice(0, 10)}${due === undefined ? '; this site sends no receipts' : `; receipt due by ${due}`}
      </div>`,
  );
}

function timeline({ sequences }: MirrorReport): Html {
  if (sequences.length === 0) return markup`<p>No sequence is sealed yet.</p>`;
  const largest = Math.max(...sequences.map(({ bytes, completeBytes }) => Math.max(bytes, completeBytes)), 1);
  return markup`<p class="key">
      <span class="own">Archives of the sequence</span
      ><span class="whole">The same sequence as a complete archive</span>
    </p>
    <ol class="timeline" reversed>
      ${[...sequences].reverse().map((sequence) => sequenceItem(sequence, largest))}
    </ol>`;
}

function sequenceItem(sequence: ReportedSequence, largest: number): Html {
  const { number, folder, description, timestamp, bytes, completeBytes, images, type } = sequence;
  const widthOf = (part: number): string => `${((part / largest) * 100).toFixed(2)}%`;
  return markup`<li>
    <div class="top">
      <h3>${folder}</h3>
      <span class="quiet">${minute(timestamp)}</span>
    </div>
    ${saysMore(description, { number, folder }) ? markup`<p>${description}</p>` : undefined}
    <svg class="bar" aria-hidden="true">
      <rect class="whole" width="${widthOf(Math.max(bytes, completeBytes))}" height="100%" />
      <rect class="own" width="${widthOf(bytes)}" height="100%" />
    </svg>
    <p class="facts">
      <strong>${formatBytes(bytes)}</strong> of
      archives.${type === 'baseline' ? undefined : ` A complete archive would have at least ${formatBytes(completeBytes)}.`}
      ${counted(images, 'image')}; ${typeInWords(sequence)}.
    </p>
    ${news(sequence)}
  </li> `;
}

/** The default description is the name of the folder in other words. */
function saysMore(description: string, { number, folder }: Pick<ReportedSequence, 'number' | 'folder'>): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return description !== '' && ![folder, folder.replace(`seq${number}-`, '')].includes(plain(description));
}

function news(sequence: ReportedSequence): Html {
  const lists = newsLists(sequence);
  if (lists.length === 0) return markup`<p class="facts quiet">No image changed.</p>`;
  return markup`<details>
    <summary>What is new: ${changesInWords(sequence)}</summary>
    ${lists.map(
      ({ title, items }) =>
        markup`<h4>${title}</h4>
          <ul>
            ${items.map((item) => markup`<li><code>${item}</code></li>`)}
          </ul> `,
    )}
  </details> `;
}

function transfersTable({ transfers }: MirrorReport, pages: PagesOfTransfers): Html {
  if (transfers.length === 0) return markup`<p>No transfer is recorded.</p>`;
  const columns = [
    { title: 'Transfer' },
    { title: 'For' },
    { title: 'Head' },
    { title: 'Bytes', align: 'right' as const },
    { title: 'Made' },
    { title: 'State' },
  ];
  return table(
    { caption: 'Transfers: what was sent to whom, the newest first', columns },
    [...transfers]
      .reverse()
      .map((transfer) => [
        idOf(transfer, pages),
        transfer.states.map(({ site }) => site).join(', '),
        transfer.head.folder,
        formatBytes(transfer.bytes),
        minute(transfer.made),
        statesOf(transfer),
      ]),
  );
}

function idOf({ id }: ReportedTransfer, pages: PagesOfTransfers): HtmlValue {
  const path = pages.get(id);
  return path === undefined ? id : markup`<a href="${path}">${id}</a>`;
}

function statesOf({ states }: ReportedTransfer): string {
  const known = new Set(states.map(({ state }) => state));
  if (known.size === 1) return states.slice(0, 1).map(({ state }) => stateInWords[state])[0] ?? notRecorded;
  return states.map(({ site, state }) => `${site}: ${stateInWords[state]}`).join(', ');
}

function proof(report: MirrorReport): Html {
  const { signatures, sequences } = report;
  const signed =
    signatures.length === 0
      ? markup`<p>Signatures of chain.lock: ${notRecorded}.</p>`
      : markup`<p>Signatures of chain.lock, which this report does not check:</p>
          ${signatures.map((signature) => markup`<p><code>${signatureInWords(signature)}</code></p>`)}`;
  if (sequences.length === 0) return signed;
  const columns = [
    { title: 'Sequence' },
    { title: 'Seal' },
    { title: 'Mirrored by' },
    { title: 'Release signatures' },
    { title: 'Custody' },
  ];
  return markup`${signed}
  ${table(
    { caption: 'Proof and custody of each sequence, the newest first', columns },
    [...sequences].reverse().map((sequence) => [
      sequence.folder,
      digest(sequence.seal),
      markup`${engineInWords(sequence)};
        ${sequence.provenance.tlsVerified ? 'TLS verified' : markup`<span class="alert">TLS not verified</span>`}${sequence.provenance.adopted ? '; archives adopted' : undefined}`,
      sequence.provenance.releaseSignatureKey ?? notRecorded,
      custody(sequence),
    ]),
  )}`;
}

function custody({ custody: its }: ReportedSequence): HtmlValue {
  const words = custodyInWords(its);
  const copies = (its?.copies ?? []).map((copy) => markup`<div>${copyInWords(copy)}</div>`);
  return markup`${its?.state === 'lost' ? markup`<span class="alert">${words}</span>` : words}${copies}`;
}
