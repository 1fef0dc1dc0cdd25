/** The output of commands that change a chain and mirror nothing: renumber, void, sign, countersign, unlock. */
import { statementFile } from '../../bundle-format/bundle-statement';
import type { RenumberOutcome } from '../../chain/renumber-sequence';
import type { SignChainOutcome } from '../../chain/sign-chain';
import type { UnlockOutcome } from '../../chain/unlock-mirror';
import type { VoidOutcome } from '../../chain/void-sequence';
import type { CountersignOutcome } from '../../mirror/signing/signing';
import { formatBytes } from '../../system/byte-size';
import { printable } from '../../system/printable';
import { commitOf } from './commit';

/** @param root the mirror's folder, from the top of the workspace */
export function renderRenumber(
  { from, to, sealed, next, done }: RenumberOutcome,
  { mirror, root }: { readonly mirror: string; readonly root: string },
): string {
  return [
    done
      ? `${from} is now ${to}${sealed ? ', with a new seal and the same archives' : ''}`
      : `${from} would become ${to}${sealed ? ', with a new seal and the same archives' : ''}`,
    next === undefined
      ? `Next: ${commitOf(root)}, then nx run ${mirror}:list`
      : `Next: ${next} has that number too: nx run ${mirror}:renumber --folder=${next}`,
  ].join('\n');
}

/** @param mirror the mirror's Nx project */
export function renderVoid({ entry, archiveBytes, done }: VoidOutcome, mirror: string): string {
  const what = `the seal ${entry.seal} and ${formatBytes(archiveBytes)} of archives`;
  return done
    ? `${entry.folder}: voided. Deleted ${what}; chain.lock keeps a line marked as void\nNext: edit its imageset-config.yaml, then nx run ${mirror}:seq${entry.number}`
    : `${entry.folder}: dry run; seqmirror would delete ${what}, and keep its imageset-config.yaml`;
}

export function renderSigning({ file, head }: SignChainOutcome): string {
  return `${file} is signed, up to ${head}. Next: commit it and ${file}.sig`;
}

export function renderCountersigning({ files, by, head, isNew }: CountersignOutcome): string {
  const what = `${files.map((file) => printable(file)).join(', ')}, up to ${head}`;
  if (!isNew) return `Nothing to do: ${what}, is already signed by ${printable(by)}.`;
  const carried = files.some((file) => file.endsWith(statementFile)) ? 'send' : 'commit';
  return `${what}, is signed by ${printable(by)}. Next: ${carried} ${files.map((file) => printable(`${file}.sig.2`)).join(', ')} too`;
}

export function renderUnlocking(outcome: UnlockOutcome): string {
  if (outcome.kind === 'was-free') return 'The mirror is not locked.';
  const { holder } = outcome;
  const whose =
    holder === undefined
      ? 'the lock without an owner'
      : `process ${holder.process.pid} on ${printable(holder.host)} ("${printable(holder.purpose)}")`;
  return `Unlocked: the lock of ${whose} was removed.`;
}
