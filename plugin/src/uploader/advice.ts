/** What to do next, for errors whose advice is for the sender's side, which has a workspace. */
import type { ErrorCode } from '../system/error-codes';
import type { SeqmirrorError } from '../system/errors';
import { renderError, renderExplanation } from '../system/errors';

const copyAgain =
  'Copy the medium again, and run the same command again. If it fails again, ask the sender for another medium. The registry keeps what was uploaded';

const advice: Partial<Record<ErrorCode, string>> = {
  SEQ0501: 'Run `podman login --authfile=<file> <registry>`, then the same command again with --authfile=<file>',
  SEQ0504:
    'Add its certificate authority to this machine (update-ca-trust), or name the PEM file with --ca-file=<file> or SSL_CERT_FILE. In a test lab, use --dest-tls-verify=false of seq-upload.sh (--insecure of seqmirror-upload.js)',
  SEQ0523: copyAgain,
  SEQ0655: 'If the clock of this machine is wrong, set it. If not, ask the sender for a new bundle',
  SEQ0641:
    'Upload the bundle with the earlier sequence first. If the registry has lost this sequence, upload that bundle again. Or ask the sender for a complete bundle (--fresh)',
};

/** The error with advice for people on the far side. */
export function withAdvice(error: SeqmirrorError): string {
  const { code, what, why, details, at } = error;
  const isPlainHttp = code === 'SEQ0503' && why?.includes('TLS') === true;
  // A 401 that was not about a password is not helped by one.
  const isOwnQuestion = code === 'SEQ0501' && error.next?.startsWith('Run `podman login') !== true;
  const next = isPlainHttp
    ? 'If the registry uses plain HTTP, run seq-upload.sh with --dest-tls-verify=false (seqmirror-upload.js with --insecure)'
    : isOwnQuestion
      ? error.next
      : (advice[code] ?? (code.startsWith('SEQ03') ? copyAgain : error.next));
  const explained = { code, what, why, next, details, at };
  // There is no more to say about a wrong option than the help page does.
  return code === 'SEQ0649'
    ? renderExplanation(explained)
    : renderError(explained, 'node seqmirror-upload.js --explain');
}
