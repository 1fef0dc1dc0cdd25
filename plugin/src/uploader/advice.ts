/** What to do next, for errors whose advice is for the sender's side, which has a workspace. */
import type { ErrorCode } from '../system/error-codes';
import type { SeqmirrorError } from '../system/errors';
import { renderError, renderExplanation } from '../system/errors';

const copyAgain =
  'Copy the medium again, then run this again; if it stays so, ask the sender for another: what was uploaded stays';

const advice: Partial<Record<ErrorCode, string>> = {
  SEQ0501: 'podman login --authfile=<file> <registry>, then the same command again with --authfile=<file>',
  SEQ0504:
    'Add its authority to those of this machine (update-ca-trust), or name it by --ca-file=<PEM file> or SSL_CERT_FILE; in a laboratory --dest-tls-verify=false of seq-upload.sh (node seqmirror-upload.js with --insecure)',
  SEQ0523: copyAgain,
  SEQ0655: 'If the clock of this machine is wrong, set it; else ask the sender for a new bundle',
  SEQ0641:
    'Upload what it came with first, or once more where the registry was cleared; or ask the sender for a bundle that needs nothing (--fresh)',
};

/** The error with advice for people on the far side. */
export function withAdvice(error: SeqmirrorError): string {
  const { code, what, why, details, at } = error;
  const isPlainHttp = code === 'SEQ0503' && why?.includes('TLS') === true;
  // A 401 that was not about a password is not helped by one.
  const isOwnQuestion = code === 'SEQ0501' && error.next?.startsWith('`podman login') !== true;
  const next = isPlainHttp
    ? 'If plain HTTP is meant: seq-upload.sh with --dest-tls-verify=false (node seqmirror-upload.js with --insecure)'
    : isOwnQuestion
      ? error.next
      : (advice[code] ?? (code.startsWith('SEQ03') ? copyAgain : error.next));
  const explained = { code, what, why, next, details, at };
  // There is no more to say about a wrong option than the help page does.
  return code === 'SEQ0649'
    ? renderExplanation(explained)
    : renderError(explained, 'node seqmirror-upload.js --explain');
}
