/** Writes bundle-statement.env, the sender's statement about a volume, and the signature over it. */
import {
  renderBundleStatement,
  statementFile,
  statementSignatures,
  sumsDigest,
  transferNumber,
} from '../../bundle-format/bundle-statement';
import type { SignaturePurpose } from '../../mirror/signer';
import { removeFile } from '../../system/change-folder';
import { below, readableRoot } from '../../system/path-below';
import { readTextIfThere, readBytes } from '../../system/text-file';
import type { BundlePlan } from '../plan';

/** Signs a text that is a file of this name on the medium. */
export type SignText = (text: string, name: string, purpose: SignaturePurpose) => Promise<Buffer>;

interface StatementFacts {
  readonly made: string;
  /** When it expires, given when it was made. */
  readonly expires: (made: string) => string | undefined;
  /** The volume's SHA256SUMS. */
  readonly sums: string;
  /** `undefined` if bundles are not signed. */
  readonly sign?: SignText | undefined;
  readonly put: (path: string, content: Buffer) => Promise<void>;
}

const [signatureFile] = statementSignatures;

/** Writes the statement first: a signature without it would be over nothing. */
export async function writeStatement(plan: BundlePlan, { sign, put, ...facts }: StatementFacts): Promise<void> {
  const text = statementText(plan, facts);
  await put(statementFile, Buffer.from(text));
  if (sign !== undefined) await put(signatureFile, await sign(text, statementFile, 'seqmirror-bundle'));
}

/**
 * Writes the statement of a volume that was whole already. It is written only if it now says something else or is not
 * signed yet, so that the signature of a second person stays.
 */
export async function renewStatement(plan: BundlePlan, root: string, facts: StatementFacts): Promise<void> {
  const before = await readTextIfThere(below(readableRoot(root), statementFile)).catch(() => undefined);
  const isSigned =
    facts.sign === undefined || (await readBytes(below(readableRoot(root), signatureFile)).catch(() => undefined));
  if (before === statementText(plan, facts) && isSigned !== undefined) return;
  await removeStatement(root);
  await writeStatement(plan, facts);
}

/** Removes the signatures first: so nothing that is written afterwards is ever beside an old signature. */
export async function removeStatement(root: string): Promise<void> {
  for (const name of [...statementSignatures, statementFile]) await removeFile(below(readableRoot(root), name));
}

function statementText(
  { mirrorId, id, head, sites }: BundlePlan,
  { made, expires, sums }: Pick<StatementFacts, 'made' | 'expires' | 'sums'>,
): string {
  return renderBundleStatement({
    purpose: 'bundle',
    mirror: mirrorId,
    transfer: id,
    number: transferNumber(id),
    head: { number: head.number, seal: head.seal },
    sites: [...sites],
    made,
    expires: expires(made),
    sums: sumsDigest(sums),
  });
}
