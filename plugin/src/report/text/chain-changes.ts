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
      ? `${from} is now ${to}${sealed ? ', sealed at its new place; its archives are the same' : ''}`
      : `${from} would become ${to}${sealed ? ', with a new seal and the same archives' : ''}`,
    next === undefined
      ? `Next: ${commitOf(root)}, then nx run ${mirror}:list`
      : `Next: ${next} claims that number too; nx run ${mirror}:renumber --folder=${next}`,
  ].join('\n');
}

/** @param mirror the mirror's Nx project */
export function renderVoid({ entry, archiveBytes, done }: VoidOutcome, mirror: string): string {
  const what = `the seal ${entry.seal} and ${formatBytes(archiveBytes)} of archives`;
  return done
    ? `${entry.folder}: void; ${what} are gone, chain.lock keeps a tombstone\nNext: edit its imageset-config.yaml, then nx run ${mirror}:seq${entry.number}`
    : `${entry.folder}: dry run; ${what} would go, and its imageset-config.yaml would stay`;
}

export function renderSigning({ file, head }: SignChainOutcome): string {
  return `${file} is signed, up to ${head}. Next: commit it and ${file}.sig`;
}

export function renderCountersigning({ files, by, head, isNew }: CountersignOutcome): string {
  const what = `${files.map((file) => printable(file)).join(', ')}, up to ${head}`;
  if (!isNew) return `Nothing to do: ${what}, is signed by ${printable(by)} already.`;
  const carried = files.some((file) => file.endsWith(statementFile)) ? 'carry' : 'commit';
  return `${what}, is signed by ${printable(by)}. Next: ${carried} ${files.map((file) => printable(`${file}.sig.2`)).join(', ')} with it`;
}

export function renderUnlocking(outcome: UnlockOutcome): string {
  if (outcome.kind === 'was-free') return 'The mirror is not locked.';
  const { holder } = outcome;
  const whose =
    holder === undefined
      ? 'a lock that says nothing'
      : `process ${holder.process.pid} on ${printable(holder.host)} (${printable(holder.purpose)})`;
  return `Unlocked: ${whose} is over.`;
}
