/**
 * Every command of the plugin, one row each: executors.json, the executors' schemas and the README are made from these
 * rows, and the graph takes its targets from them. What a command's options are is in options.ts beside it, since Nx
 * loads this file at every command and zod costs more than all of it. A command is a row here, a use case in api.ts and
 * a renderer in report/, brought together in executors/executors.ts.
 */
export interface Command {
  readonly title: string;
  /** For executors.json and the README: what it does, in full sentences. */
  readonly description: string;
}

/** In the order in which people meet them, here, in executors.json, in the README and among a project's targets. */
export const commands = {
  mirror: {
    title: 'Mirror a sequence',
    description:
      'Mirrors one sequence into archives, proves them complete, and seals it. A sealed one is left as it is.',
  },
  list: {
    title: 'List the sequences',
    description: 'Lists the sequences of a mirror: state, type, sizes, what each needs, where its archives are.',
  },
  status: {
    title: 'Status of sites',
    description:
      'Shows how sites stand against the chain: what each has acknowledged, what it lacks in sequences and bytes, what is on its way, what is overdue, and what to do next.',
  },
  acknowledge: {
    title: 'Acknowledge',
    description:
      "Takes in what a site answered: a receipt file proves, a typed code attests, and what was sent over a diode often enough may be assumed. The site's ledger moves on, and the next bundle leaves out what it has.",
  },
  rollback: {
    title: "Roll a site's ledger back",
    description:
      'Notes that a site no longer has what it acknowledged: it was restored from an older backup, or wiped. Its ledger is moved back, and the next bundle carries again what is lacking. Nothing is done at the site.',
  },
  validate: {
    title: 'Validate',
    description:
      'Proves a chain, a sequence, or what lies in any folder: complete and as it was sealed; or says which file, which blob and which image is not, and how to repair it.',
  },
  upload: {
    title: 'Upload a sequence',
    description:
      'Brings a sealed sequence into a registry that can be reached from here, straight from its archives: only what the registry lacks, tags last. Writes the cluster resources that lead to it.',
  },
  reissue: {
    title: 'Reissue a sequence',
    description:
      'Makes lost or damaged archives of a sealed sequence again: the same blobs by digest, from other copies, other archives of the chain, the caches, or the source registry. The seal does not change.',
  },
  bundle: {
    title: 'Bundle a sequence',
    description:
      'Puts together what is carried to disconnected sites: a folder, discs or sticks, each with its checksums, the records of the chain and the upload script. For named sites it holds what they lack, else everything that the sequence needs.',
  },
  void: {
    title: 'Void a sequence',
    description:
      'Takes the seal off the last sequence, as long as it has not been dispatched: its records and archives go, its intent stays, chain.lock keeps a tombstone.',
  },
  renumber: {
    title: 'Renumber a sequence',
    description: 'Moves a sequence that claims a taken number behind the others, without mirroring it again.',
  },
  sign: {
    title: 'Sign a chain',
    description:
      'Signs chain.lock as it is, after proving every record: when signing is new, when the key has changed, after a merge.',
  },
  unlock: {
    title: 'Unlock a mirror',
    description: 'Opens the lock that a killed run left behind, after looking whether it is still held.',
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;
