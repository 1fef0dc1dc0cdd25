import { explain } from '../system/errors';
import { printable } from '../system/printable';
import { withoutPassword } from '../system/without-password';
import type { Digest } from './digest';

export const referenceUnreadable = explain<{ text: string; problem: string }>('SEQ0502', ({ text, problem }) => ({
  what: `"${printable(withoutPassword(text))}" is not a valid image reference: ${problem}`,
  why: 'The form is host/repository:tag or host/repository@sha256:…',
  next: 'Correct the reference. `skopeo inspect docker://<reference>` must find the image',
}));

export const manifestUnusable = explain<{ digest: Digest; problem: string }>('SEQ0510', ({ digest, problem }) => ({
  what: `The manifest ${digest} cannot be used: ${printable(problem)}`,
  why: 'seqmirror mirrors only images and indexes in the formats OCI 1 and Docker schema 2',
  next: 'Run `skopeo inspect --raw docker://<image>` to see the manifest',
}));
