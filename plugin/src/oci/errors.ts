import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { Digest } from './digest';

export function referenceUnreadable({ text, problem }: { text: string; problem: string }): SeqmirrorError {
  const shown = text.replace(/^((?:\w+:\/\/)?)[^/@\s]*:[^/@\s]*@(?!sha\d+:)/, '$1(user and password not shown)@');
  return new SeqmirrorError({
    code: 'SEQ0502',
    what: `"${printable(shown)}" is not the reference of an image: ${problem}`,
    why: 'A reference is host/repository:tag or host/repository@sha256:…',
    next: 'Does `skopeo inspect docker://<reference>` find it?',
  });
}

export function manifestUnusable({ digest, problem }: { digest: Digest; problem: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0510',
    what: `The manifest ${digest} cannot be used: ${printable(problem)}`,
    why: 'Only images and indexes of OCI 1 and Docker schema 2 can be mirrored',
    next: 'What does `skopeo inspect --raw` show for the image?',
  });
}
