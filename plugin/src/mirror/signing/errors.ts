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
          what: `${printable(file)} is not signed here: seqmirror.yaml has no signing`,
          why: 'It says with which program and key',
          next: 'Add it, for example: signing: { with: ssh, key: /run/secrets/seqmirror-key }',
        }
      : {
          code: 'SEQ0625',
          what: `There is nothing to sign: no sequence is sealed yet, so there is no ${printable(file)}`,
          next: 'Sealing signs by itself where seqmirror.yaml has signing',
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
    what: `The signature of ${printable(file)} does not count: ${printable(why)}`,
    why: `Whose signatures count is in ${printable(signers)}`,
    next: lacksSecond ? nextForSecond(what, mirror) : nextAfterRefusal(what, mirror),
  };
});

function nextForSecond(what: SignedThing, mirror: string): string {
  const where = what === 'bundle' ? ' --path=<medium>' : '';
  return `Have a second person look at it and sign it: \`nx run ${mirror}:countersign --key=<their key>${where}\``;
}

function nextAfterRefusal(what: SignedThing, mirror: string): string {
  switch (what) {
    case 'receipt':
      return 'Ask the site by phone or mail; a code that is read out (--code) needs no signature';
    case 'bundle':
      return 'Do not use it; ask its sender by phone or mail';
    case 'chain.lock':
      return `\`git log -p\` of both files says who changed one of them: \`git restore\` both. If it was you, and the chain is right: \`nx run ${mirror}:sign\``;
    case 'second':
      return `Nothing was written. Give the key of the second person, whose public half has a line and a name of its own there: \`nx run ${mirror}:countersign --key=<file>\``;
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
    what: `${printable(file)} is not signed: there is no ${printable(signature)}`,
    why: because,
    next: nextWithout(what, mirror),
  };
});

function nextWithout(what: Exclude<SignedThing, 'second'>, mirror: string): string {
  switch (what) {
    case 'receipt':
      return 'Put its .sig file beside it, or have it signed: `ssh-keygen -Y sign -n seqmirror-receipt -f <key> <file>`';
    case 'bundle':
      return 'Ask its sender for a signed one: signing in seqmirror.yaml';
    case 'chain.lock':
      return `\`nx run ${mirror}:sign\` signs it, as signing in seqmirror.yaml says`;
  }
}

/** SEQ0626: something is signed or must be, and nothing says whose signatures count. */
export const signersMissing = explain<{
  file: string;
  signers: string;
  required: boolean;
}>('SEQ0626', ({ file, signers, required }) => ({
  what: `Nobody's signature over ${printable(file)} counts here: there is no ${printable(signers)}`,
  why: required ? 'requireSignatures is set in seqmirror.yaml' : 'A signature that nobody verifies proves nothing',
  next: 'Write the public keys of those who sign into that file, a line each: <name> ssh-ed25519 AAAA… (man ssh-keygen, ALLOWED SIGNERS)',
}));

/** SEQ0625: no second signature can be made here. */
export const secondNotPossible = explain<{ file: string; why: string; next: string }>(
  'SEQ0625',
  ({ file, why, next }) => ({
    what: `${printable(file)} cannot be signed by a second person: ${printable(why, { limit: 300 })}`,
    why: 'The second signature says that somebody else has looked at what the first one signed',
    next,
  }),
);

/** SEQ0626: unsigned content would become part of what we sign. */
export const unsignedContent = explain<{
  /** What is taken in. */
  what: string;
  because: string;
}>('SEQ0626', ({ what, because }) => ({
  what: `${printable(what)} is not signed by anybody whose signature counts here`,
  why: `${printable(because)}; what is adopted is sealed, and vouched for by our own signature on chain.lock`,
  next: 'If you know who made it, and that it came here unchanged, use the same command with --allow-unsigned; custody.yaml will say so',
}));

/** SEQ0626: chain.lock has a signature in the format of earlier versions. */
export const chainSignedAsBefore = explain<{
  file: string;
  by: string;
  mirror: string;
  /** It no longer counts. */
  isOutdated: boolean;
}>('SEQ0626', ({ file, by, mirror, isOutdated }) => ({
  what: `${printable(file)} is signed by ${printable(by)} as versions before did it${isOutdated ? ', which does not count any more' : ''}`,
  why: isOutdated
    ? 'Nothing in it says of which mirror it is, and signatures are required here, or a newer one was made on this machine'
    : 'Nothing in it says of which mirror it is, so it would be good for another one',
  next: `\`nx run ${mirror}:sign\` signs it again; so does sealing the next sequence`,
}));
