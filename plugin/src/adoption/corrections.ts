/** Where measurements contradict the notes of the original script, in sentences. */
import type { SequenceMetadata } from '../sequence/metadata';
import { counted } from '../system/counted';
import { printable } from '../system/printable';
import type { OriginalMetadata } from '../foreign/original-metadata';

export function correctionsTo(
  original: OriginalMetadata,
  { measured, folderName, folder }: { measured: SequenceMetadata; folderName: string; folder: string },
): string[] {
  const transfer = measured.air_gapped_transfer;
  const corrections: string[] = [];
  const said = saidOf(original);
  const saidNeeds = (original.air_gapped_transfer?.dependencies ?? []).map(numberIn);
  const isWrong =
    (original.content_type !== undefined && original.content_type !== measured.content_type) ||
    (original.air_gapped_transfer?.complete ?? transfer.complete) !== transfer.complete ||
    saidNeeds.join() !== transfer.dependencies.join();
  if (said !== undefined && isWrong) {
    const needs = transfer.dependencies.length === 0 ? 'nothing' : transfer.dependencies.join(', ');
    corrections.push(
      transfer.complete
        ? `${said}: it is a baseline and needs no other sequence, since its own archives have every blob of its images`
        : `${said}: it is a differential and needs ${needs}${transfer.missing_blobs === undefined ? '' : ', and blobs that are in no sequence'}`,
    );
  }
  const listed = (original.archives ?? []).map(({ name }) => name);
  const there = new Set(measured.archives.map(({ name }) => name));
  const gone = listed.filter((name) => !there.has(name));
  if (gone.length > 0) {
    corrections.push(
      `its metadata lists ${counted(gone.length, 'archive')} that ${gone.length === 1 ? 'was' : 'were'} not found: ${gone.map(quoted).join(', ')}`,
    );
  }
  if (folderName !== folder) corrections.push(`its folder ${quoted(folderName)} is now called ${folder}`);
  return corrections;
}

/** `said to be differential and to need seq1-baseline` */
function saidOf({ content_type: type, air_gapped_transfer: transfer }: OriginalMetadata): string | undefined {
  const needs = (transfer?.dependencies ?? []).map(quoted).join(', ');
  const parts = [
    ...(type === undefined ? [] : [`to be ${quoted(type)}`]),
    ...(needs === '' ? [] : [`to need ${needs}`]),
  ];
  return parts.length === 0 ? undefined : `said ${parts.join(' and ')}`;
}

/** `seq1-baseline` → `seq1`, as records name dependencies. */
function numberIn(folder: string): string {
  return /^seq\d+/.exec(folder)?.[0] ?? folder;
}

function quoted(text: string): string {
  return printable(text, { limit: 100 });
}
