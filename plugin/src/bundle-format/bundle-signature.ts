/**
 * Checks who signed a volume of a bundle, and whether their statement is about this volume and this mirror, and still
 * valid. Called where bundles are validated and taken in; seq-upload.sh checks the same on the far side.
 */
import { join } from 'node:path';
import type { Mirror } from '../mirror/mirror';
import { forPeople } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import { signatureOn } from '../mirror/signing/signing';
import { timestampOf } from '../sequence/one-line';
import { recordLimits } from '../sequence/record-limits';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { findingOf } from '../system/errors';
import { below, readableRoot } from '../system/path-below';
import { readText, readTextIfThere } from '../system/text-file';
import { bundleEnvFile, readBundleEnv } from './bundle-env';
import type { BundleStatement } from './bundle-statement';
import { parseBundleStatement, statementFile, statementSignatures, sumsDigest } from './bundle-statement';
import { bundleExpired, bundleSignedAsBefore, bundleUnlikeStatement, statementTaken } from './errors';

export interface SignatureOptions {
  readonly now: () => Date;
  /** The user allows a bundle without a valid signature. */
  readonly allowUnsigned?: boolean | undefined;
  /** The user allows a bundle that has expired. */
  readonly allowOlder?: boolean | undefined;
}

export interface BundleSignature {
  readonly findings: readonly Finding[];
  /** Who signed the statement; in a bundle of an earlier version, its SHA256SUMS. */
  readonly by?: string | undefined;
  readonly statement?: BundleStatement | undefined;
}

/** @param root the top folder of the volume, an absolute path */
export async function checkBundleSignature(
  root: string,
  mirror: Mirror,
  options: SignatureOptions,
): Promise<BundleSignature> {
  const file = join(root, statementFile);
  const { value: text, finding } = await collectError(() => readTextIfThere(below(readableRoot(root), file)));
  if (finding !== undefined) return { findings: [finding] };
  return text === undefined
    ? checkUnstated(root, mirror, options)
    : checkStatement(root, mirror, { ...options, file, text });
}

async function checkStatement(
  root: string,
  mirror: Mirror,
  { file, text, allowUnsigned, allowOlder = false, now }: SignatureOptions & { file: string; text: string },
): Promise<BundleSignature> {
  const signatures = statementSignatures.map((name) => join(root, name));
  const signed = await signatureOn(mirror, {
    ...{ file, signatures, purpose: 'seqmirror-bundle', what: 'bundle', medium: root, allowUnsigned },
    content: text,
  });
  const shown = forPeople(mirror, file);
  const { value: statement, finding } = await collectError(async () => parseBundleStatement(text, shown));
  if (statement === undefined) return { findings: [...signed.findings, ...(finding === undefined ? [] : [finding])] };
  const problems = await unlikeStatement(root, mirror, statement);
  const { expires } = statement;
  const clock = timestampOf(now());
  const isExpired = expires !== undefined && expires <= clock;
  const findings: Finding[] = [
    ...signed.findings,
    ...(problems.length === 0 ? [] : [findingOf(bundleUnlikeStatement({ file: shown, problems }))]),
    ...(isExpired
      ? [
          {
            ...findingOf(bundleExpired({ file: shown, expires, clock })),
            severity: allowOlder ? 'warning' : 'error',
          } as const,
        ]
      : []),
  ];
  return { findings, by: signed.by, statement };
}

/** Checks a bundle of an earlier version, or one whose statement was removed. */
async function checkUnstated(
  root: string,
  mirror: Mirror,
  { allowUnsigned = false }: SignatureOptions,
): Promise<BundleSignature> {
  const file = join(root, recordNames.sums);
  const shown = forPeople(mirror, file);
  const severity = allowUnsigned ? 'warning' : 'error';
  const { value: env } = await collectError(() => readBundleEnv(root));
  if (env?.statement !== undefined)
    return {
      findings: [{ ...findingOf(statementTaken({ file: forPeople(mirror, join(root, statementFile)) })), severity }],
    };
  const signed = await signatureOn(mirror, {
    ...{ file, signatures: [`${file}.sig`], purpose: 'seqmirror', what: 'bundle', medium: root, allowUnsigned },
  });
  if (signed.by === undefined) return signed;
  return {
    findings: [{ ...findingOf(bundleSignedAsBefore({ file: shown, by: signed.by })), severity }],
    by: signed.by,
  };
}

async function unlikeStatement(root: string, mirror: Mirror, statement: BundleStatement): Promise<string[]> {
  const { value: env, finding } = await collectError(() => readBundleEnv(root));
  if (env === undefined) return [finding?.what ?? `${bundleEnvFile} cannot be read`];
  const { value: sums = '' } = await collectError(() =>
    readText(below(readableRoot(root), recordNames.sums), { limit: recordLimits.sums }),
  );
  const { id } = mirror.settings;
  const compared: [is: boolean, problem: string][] = [
    [statement.mirror === id, `it names the mirror ${statement.mirror}, but the id of this mirror is ${id}`],
    [statement.mirror === env.mirror, `it names the mirror ${statement.mirror}, but bundle.env names ${env.mirror}`],
    [
      statement.transfer === (env.bundle ?? env.head.folder),
      `it names ${statement.transfer}, but bundle.env names another transfer`,
    ],
    [
      statement.head.number === env.head.number && statement.head.seal === env.head.seal,
      `it names the head seq${statement.head.number}, but bundle.env has ${env.head.folder} or another seal`,
    ],
    [statement.sites.join(',') === env.sites.join(','), 'it names other sites than bundle.env'],
    [statement.sums === sumsDigest(sums), 'SHA256SUMS is not the one that was signed'],
  ];
  return compared.filter(([is]) => !is).map(([, problem]) => problem);
}
