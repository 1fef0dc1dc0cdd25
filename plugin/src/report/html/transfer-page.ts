/** The page of a transfer, for the officer who signs it. Nothing on it changes when a site answers. */
import { Buffer } from 'node:buffer';
import type { RecordedSignature } from '../../reporting/recorded-signatures';
import type { ImageOnRecord } from '../../reporting/sequence-contents';
import { formatBytes } from '../../system/byte-size';
import { sha256Of } from '../../system/sha256';
import type { MirrorReport } from '../mirror-report';
import {
  counted,
  engineInWords,
  kindInWords,
  needsInWords,
  notRecorded,
  proveCommand,
  reportIsFromRecords,
  signatureInWords,
} from '../report-words';
import type { TransferReport, TransferredImage } from '../transfer-report';
import type { HtmlValue } from './html';
import { Html, markup } from './html';
import { digest, minute, page, table } from './page';

export interface AttachedSbom {
  /** `seq2-add-logging.cdx.json` */
  readonly name: string;
  readonly text: string;
}

export function transferPage(
  { transfer, head, images }: TransferReport,
  { report, sbom }: { readonly report: MirrorReport; readonly sbom: AttachedSbom },
): string {
  const sites = transfer.states.map(({ site }) => site).join(', ');
  const added = images.filter(({ isNew }) => isNew).length;
  return page({
    title: `${transfer.id} for ${sites}: transfer from ${report.mirror}`,
    body: markup`<header>
        <h1>Transfer ${transfer.id} for ${sites}</h1>
        <p class="quiet">Mirror: ${report.mirror}. The bundle was finished ${minute(transfer.made)}.</p>
      </header>
      <main>
        <h2>What is carried</h2>
        ${factsList([
          ['For', sites],
          ['Kind', kindInWords[transfer.kind]],
          ['Sequence', head.description === '' ? head.folder : `${head.folder}: ${head.description}`],
          ['Seal of the sequence', digest(head.seal)],
          ['A site must have before', needsInWords(transfer)],
          ['Images', `${images.length}; ${added} of them are new: no sequence that a site must have before has them`],
          [
            'Bytes',
            `${formatBytes(transfer.bytes)} (${transfer.bytes} bytes) on ${counted(transfer.volumes.length, 'volume')}`,
          ],
        ])}
        <h2>Volumes and hashes</h2>
        <p>Each volume has a file SHA256SUMS with the hash of every file on it. These are the hashes of those files.</p>
        ${table(
          {
            caption: 'Volumes of the transfer, with the hash of the checksums of each',
            columns: [{ title: 'Volume' }, { title: 'Bytes', align: 'right' }, { title: 'SHA-256 of SHA256SUMS' }],
          },
          transfer.volumes.map(({ label, bytes, sha256 }) => [label, formatBytes(bytes), digest(sha256)]),
        )}
        <h2>Signers and origin</h2>
        ${factsList([
          ['Signature of chain.lock', signers(report.signatures)],
          ['Signature of the bundle', `${notRecorded}; a signed bundle has its signature on the medium`],
          ['Mirrored by', `${engineInWords(head)}, seqmirror ${head.provenance.seqmirror}, sealed ${head.timestamp}`],
          [
            'Connections',
            head.provenance.tlsVerified
              ? 'TLS of every registry was verified'
              : markup`<span class="alert">TLS was not verified for every registry</span>`,
          ],
          [
            'Archives',
            head.provenance.adopted
              ? 'other tools made them; seqmirror verified every blob when it adopted them'
              : 'seqmirror verified every blob before the sequence was sealed',
          ],
          ...(head.provenance.missing.length === 0
            ? []
            : [['Images left out', head.provenance.missing.join(', ')] as const]),
        ])}
        <h2>Bill of materials</h2>
        <p>
          <a
            href="data:application/vnd.cyclonedx+json;base64,${base64Of(sbom.text)}"
            download="${sbom.name}"
            >${sbom.name}</a
          >, in this page, as CycloneDX 1.6. Its SHA-256 is ${digest(sha256Of(sbom.text))}
        </p>
        <h2>Images</h2>
        ${imagesTable(images)}
        <h2>Signatures of people</h2>
        <div class="sign">
          ${['Prepared by', 'Checked by', 'Released by'].map(
            (role) => markup`<div>${role}: name, date, signature</div> `,
          )}
        </div>
      </main>
      <footer>
        <h2>About this page</h2>
        <p>${reportIsFromRecords}</p>
        <p>To prove archives and signatures: <code>${proveCommand(report)}</code></p>
      </footer>`,
  });
}

/** Needs no escaping, and is longer than any text. */
function base64Of(text: string): Html {
  return new Html(Buffer.from(text).toString('base64'));
}

function factsList(facts: readonly (readonly [string, HtmlValue])[]): Html {
  return markup`<dl class="facts-list">
    ${facts.map(
      ([name, value]) =>
        markup`<dt>${name}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

function signers(signatures: readonly RecordedSignature[]): HtmlValue {
  if (signatures.length === 0) return notRecorded;
  return [
    ...signatures.map((signature) => markup`<div><code>${signatureInWords(signature)}</code></div>`),
    markup`<div class="quiet">This page does not check them.</div>`,
  ];
}

function imagesTable(images: readonly TransferredImage[]): Html {
  return markup`<div class="images">${table(
    {
      caption: 'Images of the sequence, with digest, place in the registry of the site, and signature',
      columns: [
        { title: 'Source, digest, place at the site' },
        { title: 'Kind' },
        { title: 'New' },
        { title: 'Signature' },
      ],
    },
    images.map(({ image, isNew, signature }) => [
      markup`<div>${withoutDigest(image)}</div>
        <div class="quiet">${digest(image.digest)}</div>
        <div class="quiet"><code>${placeOf(image)}</code></div>`,
      markup`<span class="short">${image.kind}</span>`,
      markup`<span class="${isNew ? 'good' : 'short'}">${isNew ? 'new' : 'no'}</span>`,
      signature,
    ]),
  )}</div>`;
}

/** The digest is on the line below it. */
function withoutDigest({ source, digest: its }: ImageOnRecord): string {
  return source.endsWith(`@${its}`) ? source.slice(0, -its.length - 1) : source;
}

/** Images that are named by digest get a tag that repeats it. */
function placeOf({ repository, tag }: ImageOnRecord): string {
  return /^sha256-[0-9a-f]{64}$/.test(tag) ? repository : `${repository}:${tag}`;
}
