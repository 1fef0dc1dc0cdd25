import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

const anotherCopy = 'Take the file from another copy, or make the archives again';

/** A blob's bytes are not those that its name promises. */
export function blobDamaged(facts: {
  archive: string;
  digest: Digest;
  actual: Digest;
  bytes: number;
  offset: number;
}): Finding {
  return {
    severity: 'error',
    code: 'SEQ0301',
    what: `${printable(facts.archive)} is damaged: the blob ${facts.digest} is not what its name says`,
    details: [`${formatBytes(facts.bytes)} at ${facts.offset} hash to ${facts.actual}`],
    next: anotherCopy,
  };
}

/** The tar structure ends early, or isn't what every reader would take it for. */
export function archiveBroken(facts: { archive: string; offset: number; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0304',
    what: `${printable(facts.archive)} is not a whole archive: at ${facts.offset}, ${facts.why}`,
    why: 'It was cut, changed after it was made, or never finished',
    next: anotherCopy,
  });
}

export function entryRefused(facts: { archive: string; name: string; offset: number; why: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0305',
    what: `${printable(facts.archive)} has an entry that is not taken from an archive: "${printable(facts.name)}"`,
    why: facts.why,
    details: [`its header is at ${facts.offset}`],
    next: 'Where does this archive come from? Neither oc-mirror nor seqmirror writes such an entry',
  };
}

export function linkDamaged(facts: { archive: string; name: string; content: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0306',
    what: `${printable(facts.archive)}: the link ${printable(facts.name)} holds "${printable(facts.content, { limit: 100 })}"`,
    why: 'A link holds one digest, and that of its name where it has one',
    next: anotherCopy,
  };
}

export function entryTwice(facts: { archive: string; name: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0307',
    what: `${printable(facts.archive)} has two entries named ${printable(facts.name)}`,
    why: 'Programs differ in which one they take',
    next: anotherCopy,
  };
}

export function blobTooLarge(facts: {
  digest: Digest;
  bytes: number;
  archiveBytes: number;
  needed: number;
}): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0308',
    what: `The blob ${facts.digest} (${formatBytes(facts.bytes)}) does not fit into an archive of ${formatBytes(facts.archiveBytes)}`,
    why: 'A blob is never split over two archives, since oc-mirror could not read it',
    next: `Set archiveSize in the imageset configuration to ${Math.ceil(facts.needed / 1024 ** 3)} (GiB) or more`,
  });
}

export function manifestUnreadable(facts: { archive: string; digest: Digest; why: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0309',
    what: `${printable(facts.archive)}: ${facts.digest} is linked as a manifest and cannot be read as one`,
    why: facts.why,
    next: 'Was it pushed by a program that makes something else than OCI or Docker schema 2 images?',
  };
}

export function linksDisagree(facts: { name: string; first: string; second: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0310',
    what: `${printable(facts.first)} and ${printable(facts.second)} disagree about ${printable(facts.name)}`,
    why: 'Archives of one run never do, so they come from different runs',
    next: 'Which of them belongs here? Remove the other from the folder',
  };
}

/** Harmless, since every reader of tar passes over it: and yet not as the archive was made. */
export function paddingUsed(facts: { archive: string; places: number; offset: number }): Finding {
  const places = facts.places === 1 ? 'in one place' : `in ${facts.places} places`;
  return {
    severity: 'warning',
    code: 'SEQ0316',
    what: `${printable(facts.archive)} has bytes that are not zero in the padding behind a file, ${places}, the first at ${facts.offset}`,
    why: 'Harmless: no program reads it, but sha256sum will notice',
    next: 'Was the file changed after it was made? Another copy tells',
  };
}

/** A kept frame is damaged, cut, or belongs to another archive. */
export function frameUnusable(facts: { frame: string; archive: string; why: string; cause: unknown }): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0323',
      what: `The frame ${printable(facts.frame)} cannot be used for ${printable(facts.archive)}: ${facts.why}`,
      why: 'It was cut, changed after it was made, or is of another archive',
      next: 'Take the archive from another copy',
    },
    { cause: facts.cause },
  );
}

/** Whoever was asked for a blob handed out something else. */
export function blobNotAsNamed(facts: {
  digest: Digest;
  bytes: number;
  written: number;
  actual: Digest;
}): SeqmirrorError {
  const found = facts.written === facts.bytes ? `it hashes to ${facts.actual}` : lengthOf(facts);
  return new SeqmirrorError({
    code: 'SEQ0324',
    what: `The blob ${facts.digest} is not what its name says: ${found}`,
    why: 'The copy that it was taken from is damaged',
    next: 'Take it from another copy',
  });
}

function lengthOf({ bytes, written }: { bytes: number; written: number }): string {
  return written > bytes ? `it goes on after ${bytes} bytes` : `it ends after ${written} of ${bytes} bytes`;
}

/** A blob that was copied is not what its name says. */
export function blobSourceDamaged(facts: {
  digest: Digest;
  path: string;
  offset: number;
  why: string;
}): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0324',
    what: `The blob ${facts.digest} is not what its name says: ${facts.why}`,
    details: [`at ${facts.offset} of ${printable(facts.path)}`],
    why: 'The copy that it was taken from is damaged',
    next: 'Take it from another copy',
  });
}
