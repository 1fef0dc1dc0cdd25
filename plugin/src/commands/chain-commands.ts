/** Change or sign the chain itself, and explain an error code. */
import type { Command } from './command';

export const chainCommands = {
  void: {
    title: 'Void a sequence',
    description:
      'Removes the seal of the last sequence, if you have sent it to no site. The command deletes the records and archives of the sequence, and keeps its intent. chain.lock keeps a line that marks the removed seal as void.',
    targets: [
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Remove the seal of {sequence}, if you have sent it to no site',
        example: { options: { dryRun: true } },
      },
    ],
    runsAlone: true,
  },
  renumber: {
    title: 'Renumber a sequence',
    description:
      'Gives a sequence the next free number, if another sequence has the same number. The command does not mirror the sequence again.',
    targets: [
      {
        scope: 'mirror',
        description: 'Give a sequence the next free number, if another sequence has the same number',
        example: { options: { folder: 'seq5-add-tempo' } },
      },
    ],
    runsAlone: true,
  },
  sign: {
    title: 'Sign a chain',
    description:
      'Checks every record, then signs chain.lock as it is. Use this command after you have set up signing, changed the key, or merged a branch.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Sign chain.lock as it is: after setting up signing, a change of the key, or a merge',
        example: {},
      },
    ],
    runsAlone: true,
  },
  countersign: {
    title: 'Sign as a second person',
    description:
      'Adds the signature of a second person to chain.lock, or with `--path` to a bundle. Before it signs, the command checks all records of the chain. For a bundle, the command also checks the hash of every file, and compares the upload programs and the newest sequence with those on this side.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: "Add a second person's signature to chain.lock, or to a bundle",
        example: { options: { key: '/home/me/.ssh/id_ed25519', path: '/media/disk' } },
      },
    ],
    runsAlone: true,
  },
  unlock: {
    title: 'Unlock a mirror',
    description: 'Checks that no run holds the lock of the mirror, and removes the lock that a killed run left.',
    targets: [
      {
        scope: 'mirror',
        description: 'Remove the lock that a killed run left, after a check that no run holds the lock',
        example: {},
      },
    ],
    runsAlone: true,
  },
  explain: {
    title: 'Explain an error code',
    description:
      'Prints the messages of an error code, their causes, and what to do next. The command reads only the package of seqmirror, and needs no network and no mirror.',
    targets: [
      {
        scope: 'mirror',
        description: 'Explain an error code, and say what to do',
        example: { options: { code: 'SEQ0239' } },
      },
    ],
    takes: 'code',
  },
} as const satisfies Readonly<Record<string, Command>>;
