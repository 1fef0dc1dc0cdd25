import { SeqmirrorError } from '../system/errors';
import type { LockHolder } from '../system/lock';
import { printable } from '../system/printable';

/** Commands in messages name the mirror's Nx project, so that they can be copied. */
export interface Named {
  /** The mirror's project name: `mirror`. */
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
}

export function sealedButEdited({ mirror, number, folder, file }: Named & { file: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0201',
    at: { file },
    what: `${folder} is sealed, but its imageset-config.yaml now asks for something else`,
    why: 'Its archives hold what the sealed text asked for',
    next:
      `For a new sequence, \`git restore ${file}\` and run \`nx g seqmirror:sequence <name>\`; ` +
      `or, as long as it has not been carried anywhere, \`nx run ${mirror}-seq${number}:void\` and mirror it again`,
  });
}

export function recordEdited({
  folder,
  file,
  record,
}: {
  folder: string;
  file: string;
  record: string;
}): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0233',
    at: { file },
    what: `${record} of ${folder} is not what was sealed`,
    why: 'A record is written once, when its sequence is sealed; the seal is computed from it',
    next: `git restore ${file}`,
  });
}

export function numberClaimedTwice(facts: Named & { other: string; otherIsSealed: boolean }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0202',
    what: `Two folders claim number ${facts.number}: ${facts.other}${facts.otherIsSealed ? ' (in chain.lock)' : ''} and ${facts.folder}`,
    why: 'Two branches each added a sequence behind the same one',
    next: `\`nx run ${facts.mirror}:renumber --folder=${facts.folder}\` puts it behind the others`,
  });
}

export function mirrorLocked(facts: {
  mirror: string;
  holder: LockHolder;
  where: 'here' | 'elsewhere';
}): SeqmirrorError {
  const { holder } = facts;
  const since = holder.since.replace('T', ' ').slice(0, 16);
  return new SeqmirrorError({
    code: 'SEQ0203',
    what:
      `${facts.mirror} is locked: process ${holder.process.pid} on ${printable(holder.host)} ` +
      `has been at ${printable(holder.purpose)} since ${since} UTC`,
    why: 'Two runs would write into one stage',
    next:
      facts.where === 'here'
        ? 'Wait for it, or stop that process; the lock goes with it'
        : `Wait for it; if that machine is gone, \`nx run ${facts.mirror}:unlock --gone=${printable(holder.host)}\``,
  });
}

export function gapInNumbers(facts: { missing: number; folder: string; content: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0204',
    what: `${facts.folder} cannot be mirrored: there is no seq${facts.missing}-… in ${facts.content}`,
    why: 'A sequence is linked to the one before it, and the numbers have no gaps',
    next: `Was its folder deleted? Bring it back with Git, or rename this folder to seq${facts.missing}-…`,
  });
}

export function predecessorNotSealed(facts: { mirror: string; number: number; before: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0205',
    what: `seq${facts.number} cannot be mirrored before ${facts.before} is sealed`,
    why: 'What seq' + facts.number + ' leaves out is what the sequences before it hold',
    next: `nx run ${facts.mirror}:seq${facts.number - 1}`,
  });
}

export function chainLockDisagrees(facts: { what: string; why: string; next: string; file: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0207',
    at: { file: facts.file },
    what: facts.what,
    why: facts.why,
    next: facts.next,
  });
}

export function wouldBeCached(facts: { folder: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0209',
    what: `Nx is told to cache the work of ${facts.folder}, which is not sealed`,
    why: 'A later cache hit would then stand for work that was never done; targetDefaults in nx.json override what seqmirror infers',
    next: 'Remove `cache: true` for `seqmirror:mirror` and for targets named `mirror` from targetDefaults in nx.json',
  });
}

export function noSuchSequence(facts: { folder: string; content: string; known: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0232',
    what: `There is no sequence ${printable(facts.folder)} in ${facts.content}`,
    why: facts.known.length === 0 ? 'There are none yet' : `There are ${facts.known.join(', ')}`,
    next: 'Sequences are folders named seq<number>-<name> with an imageset-config.yaml in them',
  });
}

export function foreignArchives(facts: { folder: string; file: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0234',
    at: { file: facts.file },
    what: `${facts.folder} is not sealed, and has an archive that seqmirror did not make`,
    why: 'Sealing puts links to its own archives there, and would have to remove this one',
    next: 'Move it out of the folder, then run again',
  });
}

export function commitUnreadable(facts: { file: string; stage: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0211',
    at: { file: facts.file },
    what: 'this is not what seqmirror writes when it begins to seal a sequence',
    why: 'The file was edited or damaged, so a run that was stopped while sealing cannot be finished',
    next: `Remove the stage, ${printable(facts.stage)}, and run again: what is not sealed is fetched anew`,
  });
}

export function notAdoptedYet({ folder, content }: { folder: string; content: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0245',
    what: `${folder} was made by the original script, and is not adopted yet`,
    why: 'What its seq-metadata.yaml says was never measured',
    next: `nx g seqmirror:adopt ${content}`,
  });
}

/** SEQ0625: the program that signs would not. */
export function signingFailed(facts: {
  file: string;
  signer: string;
  why: string;
  said: string;
  cause?: unknown;
}): SeqmirrorError {
  const { file, signer, why, said, cause } = facts;
  const words = said.split(/\r?\n/).filter((line) => line.trim() !== '');
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
