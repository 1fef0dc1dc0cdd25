import { explain, SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/** What is signed. */
export type SignedThing = 'receipt' | 'bundle' | 'chain.lock' | 'second';

/** SEQ0625: `sign` was called, but nothing is configured to sign, or there is nothing to sign. */
export function nothingToSign(facts: { file: string; why: 'no signing' | 'nothing sealed' }): SeqmirrorError {
  const { file, why } = facts;
  return new SeqmirrorError(
    why === 'no signing'
      ? {
          code: 'SEQ0625',
          what: `${printable(file)} cannot be signed: seqmirror.yaml has no \`signing\``,
          why: '`signing` names the program and the key that sign',
          next: 'Add `signing` to seqmirror.yaml, for example `signing: { with: ssh, key: /run/secrets/seqmirror-key }`',
        }
      : {
          code: 'SEQ0625',
          what: `There is nothing to sign: no sequence is sealed yet, so seqmirror has not written ${printable(file)}`,
          why: 'seqmirror writes the file when it seals the first sequence',
          next: 'Mirror the first sequence. If seqmirror.yaml has `signing`, seqmirror signs the file when it seals a sequence',
        },
  );
}

/** SEQ0626: a signature is missing, or by somebody whose signature does not count. */
export const signatureRefused = explain<{
  file: string;
  why: string;
  signers: string;
  what: SignedThing;
  /** Only the signature of a second person is missing. */
  lacksSecond?: boolean | undefined;
  /** For the command in the message. */
  mirror?: string | undefined;
}>('SEQ0626', (facts) => {
  const { file, why, signers, what, lacksSecond = false, mirror = '<mirror>' } = facts;
  return {
    what: `The signature of ${printable(file)} is not accepted: ${printable(why)}`,
    why: `seqmirror accepts only the keys in ${printable(signers)}`,
    next: lacksSecond ? nextForSecond(what, mirror) : nextAfterRefusal(what, mirror),
  };
});

function nextForSecond(what: SignedThing, mirror: string): string {
  const where = what === 'bundle' ? ' --path=<medium>' : '';
  return `Ask a second person to check it and to sign it: \`nx run ${mirror}:countersign --key=<their key>${where}\``;
}

function nextAfterRefusal(what: SignedThing, mirror: string): string {
  switch (what) {
    case 'receipt':
      return 'Ask the site by phone or mail whether it wrote this receipt. A receipt code (--code) needs no signature';
    case 'bundle':
      return 'Do not use the bundle. Ask its sender by phone or mail whether they made it, and for a new one';
    case 'chain.lock':
      return `Run \`git log -p\` on both files to see who changed them, and restore both with \`git restore\`. If you made the change and the chain is right, run \`nx run ${mirror}:sign\``;
    case 'second':
      return `Give the key of a second person, whose public key has its own line and name in that file: \`nx run ${mirror}:countersign --key=<file>\`. Nothing was written`;
  }
}

/** SEQ0626: signers are known, and there is no signature. */
export const signatureMissing = explain<{
  file: string;
  signature: string;
  because: string;
  what: Exclude<SignedThing, 'second'>;
  /** For the command in the message. */
  mirror?: string | undefined;
}>('SEQ0626', (facts) => {
  const { file, signature, because, what, mirror = '<mirror>' } = facts;
  return {
    what: `${printable(file)} is not signed: the file ${printable(signature)} is missing`,
    why: because,
    next: nextWithout(what, mirror),
  };
});

function nextWithout(what: Exclude<SignedThing, 'second'>, mirror: string): string {
  switch (what) {
    case 'receipt':
      return 'Copy the .sig file of the receipt beside it. If it does not exist, sign the receipt: `ssh-keygen -Y sign -n seqmirror-receipt -f <key> <file>`';
    case 'bundle':
      return 'Ask the sender for a signed bundle. The sender needs `signing` in seqmirror.yaml';
    case 'chain.lock':
      return `Run \`nx run ${mirror}:sign\`, which needs \`signing\` in seqmirror.yaml`;
  }
}

/** SEQ0626: something is signed or must be, and nothing says whose signatures count. */
export const signersMissing = explain<{
  file: string;
  signers: string;
  required: boolean;
}>('SEQ0626', ({ file, signers, required }) => ({
  what: `No signature of ${printable(file)} can be accepted: the file ${printable(signers)} is missing`,
  why: required
    ? 'seqmirror.yaml has requireSignatures, so this file must list the accepted keys'
    : 'Without the list of accepted keys, seqmirror cannot verify the signature',
  next: 'Write the public keys of all signers into that file, one per line: <name> ssh-ed25519 AAAA… (man ssh-keygen, ALLOWED SIGNERS)',
}));

/** SEQ0625: no second signature can be made here. */
export const secondNotPossible = explain<{ file: string; why: string; next: string }>(
  'SEQ0625',
  ({ file, why, next }) => ({
    what: `${printable(file)} cannot be signed by a second person: ${printable(why, { limit: 300 })}`,
    why: 'The second signature means that a second person has checked what the first person signed',
    next,
  }),
);

/** SEQ0626: unsigned content would become part of what we sign. */
export const unsignedContent = explain<{
  /** What is taken in. */
  what: string;
  because: string;
}>('SEQ0626', ({ what, because }) => ({
  what: `${printable(what)} has no signature that this mirror accepts`,
  why: `${printable(because)}. seqmirror seals what it adopts, and your own signature on chain.lock then covers it`,
  next: 'If you know who made these files, and that nobody changed them, run the same command with --allow-unsigned. custody.yaml then records this',
}));

/** SEQ0626: chain.lock has a signature in the format of earlier versions. */
export const chainSignedAsBefore = explain<{
  file: string;
  by: string;
  mirror: string;
  /** It no longer counts. */
  isOutdated: boolean;
}>('SEQ0626', ({ file, by, mirror, isOutdated }) => ({
  what: `The signature of ${printable(by)} on ${printable(file)} has the format of an earlier version of seqmirror${isOutdated ? ', which is no longer accepted' : ''}`,
  why: isOutdated
    ? 'The old format does not name the mirror. seqmirror does not accept the old format if signatures are required, or if this machine has already used the new format'
    : 'The old format does not name the mirror, so the signature would also be valid for another mirror',
  next: `Run \`nx run ${mirror}:sign\` to sign the file again. seqmirror also signs it again when it seals the next sequence`,
}));
