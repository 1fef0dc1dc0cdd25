import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0625: the program that signs would not. */
export function signingFailed(facts: {
  file: string;
  signer: string;
  why: string;
  said: string;
  cause?: unknown;
}): SeqmirrorError {
  const { file, signer, why, said, cause } = facts;
  const words = said.split('\n').filter((line) => line.trim() !== '');
  return new SeqmirrorError(
    {
      code: 'SEQ0625',
      what: `${printable(file)} could not be signed by ${printable(signer)}: ${printable(why)}`,
      why: 'seqmirror.yaml asks for signatures, and a signature that is missing would be noticed only at the site',
      details: words.slice(0, 5).map((line) => printable(line)),
      next: 'Can the key of signing in seqmirror.yaml be read here, and does it need a passphrase? An agent can hold it: give its .pub file then',
    },
    { cause },
  );
}

/** SEQ0626: what should be signed is not, or not by those whose signatures count. */
export function signatureRefused(facts: {
  file: string;
  why: string;
  signers: string;
  what: 'receipt' | 'bundle' | 'chain.lock';
}): SeqmirrorError {
  const { file, why, signers, what } = facts;
  return new SeqmirrorError({
    code: 'SEQ0626',
    what: `The signature of ${printable(file)} does not count: ${printable(why)}`,
    why: `Whose signatures count is in ${printable(signers)}`,
    next:
      what === 'receipt'
        ? 'Ask the site, by another way than the one on which the file came; a code that is read out (--code) needs no signature'
        : 'Do not use it; ask its sender, by another way than the medium',
  });
}

/** SEQ0626: requireSignatures is set, and there is none. */
export function signatureMissing(facts: { file: string; signature: string; because: string }): SeqmirrorError {
  const { file, signature, because } = facts;
  return new SeqmirrorError({
    code: 'SEQ0626',
    what: `${printable(file)} is not signed: there is no ${printable(signature)}`,
    why: because,
    next: 'Put its .sig file beside it, or have it signed: `ssh-keygen -Y sign -n seqmirror-receipt -f <key> <file>`',
  });
}
