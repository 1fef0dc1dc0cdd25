import type { Digest } from '../../oci/digest';
import { formatBytes } from '../../system/byte-size';
import type { Finding, Position } from '../../system/errors';
import { SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/** An entry of the configuration that needs oc-mirror. */
export function entryNeedsOcMirror(facts: { at: Position; entry: string; why: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0410',
    at: facts.at,
    what: `The embedded engine cannot mirror ${printable(facts.entry)}`,
    why: facts.why,
    next: 'Install oc-mirror and set `engine: oc-mirror`, or move this entry into a mirror of its own that uses it',
  };
}

/** A name that makes an archive which oc-mirror unpacks wrongly. */
export function nameMisleadsOcMirror(facts: { at: Position; name: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0414',
    at: facts.at,
    what: `${printable(facts.name)} has "working-dir" in its repository or tag`,
    why: 'oc-mirror unpacks every entry of an archive with these letters in its name into its working folder',
    next: 'Give it another name in the archive with targetRepo or targetTag',
  };
}

export function notMirrorable(findings: readonly Finding[]): SeqmirrorError {
  const [first] = findings;
  return new SeqmirrorError({
    code: first?.code ?? 'SEQ0410',
    what: first?.what ?? 'The embedded engine cannot mirror this configuration',
    at: first?.at,
    why: first?.why,
    next: first?.next,
    details: findings.slice(1).map(({ what }) => what),
  });
}

/** The registry does not have what its own manifest names. */
export function partMissing(facts: { image: string; digest: Digest; bytes: number; cause: unknown }): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0411',
      what: `${printable(facts.image)} lacks a part: its registry does not have ${facts.digest} (${formatBytes(facts.bytes)})`,
      why: 'The manifest names it, so the image is damaged at its source, and nobody can pull it',
      next: 'Tell its owner, or put the image under blockedImages until it is repaired',
    },
    { cause: facts.cause },
  );
}

/** A layer that its owner keeps outside of registries, and that this registry does not have either. */
export function foreignLayerMissing(facts: {
  image: string;
  digest: Digest;
  bytes: number;
  cause: unknown;
}): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0412',
      what: `${printable(facts.image)} has a foreign layer that its registry does not hold: ${facts.digest} (${formatBytes(facts.bytes)})`,
      why: 'Its owner distributes such layers (of Windows, mostly) from an address of their own, and does not let registries keep them',
      next: 'Push the image with its layers to a registry of yours and name that one, or put it under blockedImages',
    },
    { cause: facts.cause },
  );
}

export function sameTarget(facts: { first: string; second: string; repository: string; tag: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0413',
    what: `${printable(facts.first)} and ${printable(facts.second)} would both become ${facts.repository}:${facts.tag}`,
    why: 'They are different images, so one would replace the other without a word',
    next: 'Give one of them a targetTag or a targetRepo',
  });
}

export function noImages(facts: { file: string; blocked: number }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0415',
    what: `${printable(facts.file)} calls for no image`,
    why:
      facts.blocked === 0
        ? 'mirror.additionalImages has no entry'
        : `blockedImages takes out all ${facts.blocked} entries`,
    next: 'Add what to mirror to mirror.additionalImages',
  });
}

export function imageTooComplex(facts: { image: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0416',
    what: `${printable(facts.image)} is more than an image: ${facts.why}`,
    why: 'No real image is like this, and following it to its end could fill any memory',
    next: 'Where does it come from? Put it under blockedImages to go on without it',
  });
}

/** A manifest of an image cannot be read: Docker schema 1, or none at all. `cause` says which. */
export function imageNotMirrorable(facts: { image: string; cause: SeqmirrorError }): SeqmirrorError {
  const { why, next, what } = facts.cause;
  return new SeqmirrorError(
    {
      code: 'SEQ0417',
      what: `${printable(facts.image)} cannot be mirrored`,
      why,
      next,
      details: [what],
    },
    { cause: facts.cause },
  );
}
