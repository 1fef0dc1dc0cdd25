/** What the officer signs who lets a transfer out: plain data, for the page of the transfer. */
import { isReleaseImage } from '../release/release-images';
import type { ImageOnRecord, SequenceContent } from '../reporting/sequence-contents';
import type { MirrorReport, ReportedSequence, ReportedTransfer } from './mirror-report';
import { notRecorded } from './report-words';

export interface TransferReport {
  readonly transfer: ReportedTransfer;
  readonly head: ReportedSequence;
  readonly images: readonly TransferredImage[];
}

export interface TransferredImage {
  readonly image: ImageOnRecord;
  /** Whether none of the sequences that the sites must have before has it. */
  readonly isNew: boolean;
  readonly signature: string;
}

/** @returns `undefined` where this chain does not have the head of the transfer */
export function transferReport(
  transfer: ReportedTransfer,
  { report, contents }: { readonly report: MirrorReport; readonly contents: ReadonlyMap<number, SequenceContent> },
): TransferReport | undefined {
  const { number = 0 } = transfer.head;
  const head = report.sequences[number - 1];
  const content = contents.get(number);
  if (head === undefined || content === undefined) return undefined;
  const isThere = whatSitesHave(transfer, contents);
  return {
    transfer,
    head,
    images: content.images.map((image) => ({
      image,
      isNew: !isThere(nameOf(image)),
      signature: signatureOf(image, report),
    })),
  };
}

/** Sequences whose images a page of this transfer is made from. */
export function sequencesBehind({ head, needs }: ReportedTransfer): number[] {
  return [head.number ?? [], needs].flat(2);
}

/** Where a site has one of several sequences, it has the images that all of them have. */
function whatSitesHave(
  { needs }: ReportedTransfer,
  contents: ReadonlyMap<number, SequenceContent>,
): (name: string) => boolean {
  const sets = needs.map((need) =>
    need.map((number) => new Set((contents.get(number)?.images ?? []).map((image) => nameOf(image)))),
  );
  return (name) =>
    sets.some((alternatives) => alternatives.length > 0 && alternatives.every((names) => names.has(name)));
}

/** What the records say of the signature of an image. */
export function signatureOf(image: ImageOnRecord, { sequences }: Pick<MirrorReport, 'sequences'>): string {
  const key = sequences[image.since - 1]?.provenance.releaseSignatureKey;
  const release = key !== undefined && isReleaseImage(image) ? [`release signature verified by ${key}`] : [];
  const attached = [...new Set(image.attached.map(({ tag }) => attachmentInWords(tag)))];
  return [...release, ...attached].join('; ') || notRecorded;
}

function attachmentInWords(tag: string): string {
  if (tag.endsWith('.sig')) return 'cosign signature mirrored, not checked';
  if (tag.endsWith('.att')) return 'attestation mirrored, not checked';
  return tag.endsWith('.sbom') ? 'SBOM of the image mirrored' : 'attachment mirrored, not checked';
}

function nameOf({ repository, tag, digest }: ImageOnRecord): string {
  return `${repository}:${tag}@${digest}`;
}
