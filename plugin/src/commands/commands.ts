/**
 * Every command of the plugin, one row each: executors.json, the executors' schemas and docs/reference.md are made from these
 * rows, and the graph takes its targets from them. The options are in options.ts beside it, since Nx loads this file at
 * every command and zod takes longer than all of it. A command is a row here, a use case in api.ts and a renderer in
 * report/, connected in executors/command-executors.ts.
 */
export interface Command {
  readonly title: string;
  /** For executors.json and docs/reference.md: what it does, in full sentences. */
  readonly description: string;
  /** Empty for `mirror` and `check`, whose targets follow from the chain: graph/sequence-target.ts. */
  readonly targets: readonly CommandTarget[];
  /** Whether Nx must run nothing beside it: it works with an engine, or changes the chain. */
  readonly runsAlone?: boolean | undefined;
  /** What the next run continues with after a stop, as a sentence without a full stop. */
  readonly stays?: string | undefined;
  /** The option that the first word fills in, for a command that works on no mirror. */
  readonly takes?: string | undefined;
  /** Whether Nx may run all ready tasks of a run in one process, in executors/<name>-together.ts. */
  readonly together?: boolean | undefined;
}

/** The target of a command in a kind of project. It has the command's name, and Nx never caches it: disks rot. */
export interface CommandTarget {
  /**
   * The project that has the target, which decides what it passes to the executor: a mirror's nothing, a sequence's
   * `sequence`, a site's `site`, each with the folder. A delivery belongs to a site too, and passes the last sealed
   * `sequence` and the site's name.
   */
  readonly scope: 'mirror' | 'sequence' | 'site' | 'delivery';
  /** What must exist for it, unless there is always something to do. A delivery needs a sealed sequence anyway. */
  readonly needs?: 'a sequence' | 'a seal' | 'no seal' | undefined;
  /** Whether the executor accepts several sites; a delivery passes its own. */
  readonly takesSites?: boolean | undefined;
  /** For `nx show project` and docs/reference.md, without a full stop. {sequence} and {site} are replaced by folder names. */
  readonly description: string;
  readonly example: { readonly options?: Readonly<Record<string, unknown>> };
}

/** In the order in which people meet them: here, in executors.json, in docs/reference.md and among a project's targets. */
export const commands = {
  mirror: {
    title: 'Mirror a sequence',
    description:
      'Mirrors one sequence into archives, proves them complete, and seals it. A sealed one is left as it is.',
    targets: [],
    runsAlone: true,
    stays: 'What was fetched is kept',
  },
  plan: {
    title: 'Plan the next sequence',
    description:
      'Shows what a sequence would bring before any layer is downloaded: new, shared and dropped images and bytes, what moved upstream since the last sequence, archives, time and space. Writes nothing. Fails if a registry does not answer.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Say what the next sequence would bring, or what moved upstream since the last one',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
      {
        scope: 'sequence',
        needs: 'no seal',
        description: 'Say what {sequence} would bring, before anything of it is fetched',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
    ],
    runsAlone: true,
  },
  check: {
    title: 'Check a sealed sequence',
    description:
      'Checks that the intent and records of a sealed sequence are what was sealed. Reads text files only, takes no lock, and changes no record. Nx runs the checks of a whole chain in one process.',
    targets: [],
    together: true,
  },
  list: {
    title: 'List the sequences',
    description: 'Lists the sequences of a mirror: state, type, sizes, what each needs, where its archives are.',
    targets: [
      {
        scope: 'mirror',
        description: 'List the sequences: state, sizes, what each needs, where its archives are',
        example: { options: { json: true } },
      },
    ],
  },
  diff: {
    title: 'Show what changed between sequences',
    description:
      'Compares two sealed sequences, or what a site has with a sequence: releases, operators and the heads of their channels, images, bytes that are new, shared and dropped, the imageset configuration, and files for the cluster. From records alone; asks no registry and writes nothing.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show what changed between two sequences; by default in the last one',
        example: { options: { from: 'seq1', to: 'seq3' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Show what {sequence} changed',
        example: { options: { format: 'markdown' } },
      },
      {
        scope: 'delivery',
        description: 'Show what {site} gets with the last sequence',
        example: { options: { json: true } },
      },
    ],
  },
  info: {
    title: 'Show the settings in force',
    description:
      'Shows the settings of a mirror and where each comes from: a line of seqmirror.yaml, an environment variable, or a default. Also shows the engine and why it was chosen, the data directory, the files that configure registries, and versions; never a secret. Asks no registry.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show the settings in force and what says so, the engine, the data directory, and versions',
        example: { options: { json: true } },
      },
    ],
  },
  status: {
    title: 'Show what sites have',
    description:
      'Compares each site with the chain: what it has acknowledged, which sequences and bytes it lacks, what is on its way, what is overdue, and what to do next.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show what each site has, what is on its way, and what is overdue',
        example: { options: { json: true } },
      },
      {
        scope: 'site',
        description: 'Show what {site} has, what is on its way, and what is overdue',
        example: { options: { json: true } },
      },
    ],
  },
  metrics: {
    title: 'Write metrics for Prometheus',
    description:
      'Writes sizes, times, custody and the lag of each site in the text format of Prometheus, for the textfile collector of node_exporter. From records alone.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Write metrics for Prometheus: sizes, times, custody, the lag of each site',
        example: { options: { output: '/var/lib/node_exporter/seqmirror.prom' } },
      },
    ],
  },
  acknowledge: {
    title: "Take in a site's receipt",
    description:
      "Records what a site answered. A signed receipt proves, an unsigned receipt or a typed code attests. Over a diode, a sequence may count as delivered once sent `assume_after` times. The site's ledger moves on, and the next bundle leaves out what the site has.",
    targets: [
      {
        scope: 'site',
        description: 'Take in what {site} answered: a receipt, a code, or nothing over a diode',
        example: { options: { receipt: 'bravo-seq2.receipt' } },
      },
    ],
  },
  rollback: {
    title: "Roll a site's ledger back",
    description:
      'Records that a site no longer has what it acknowledged, because it was restored from an older backup or wiped. Moves its ledger back, so that the next bundle carries what is lacking. Changes nothing at the site.',
    targets: [
      {
        scope: 'site',
        description: 'Note that {site} was restored from an older backup, or wiped',
        example: { options: { to: 'seq1' } },
      },
    ],
  },
  validate: {
    title: 'Validate a chain, a sequence or a folder',
    description:
      'Proves that a chain, a sequence, or the content of any folder is complete and as it was sealed. Names each file, blob and image that is not, and how to repair it. If a chain and its sequences are validated in one run of Nx, each archive is read once.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Prove the chain: every sequence complete, and as it was sealed',
        example: { options: { depth: 'full' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Prove {sequence}: complete, and as it was sealed',
        example: { options: { depth: 'full' } },
      },
    ],
    together: true,
  },
  upload: {
    title: 'Upload a sequence',
    description:
      'Uploads a sealed sequence into a registry that can be reached from here, straight from its archives: only what the registry lacks, tags last. Writes the cluster resources for it.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Bring the newest sealed sequence into a registry that can be reached from here',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Bring {sequence} into a registry that can be reached from here',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'delivery',
        description: 'Bring {sequence} to {site}, where its registry can be reached from here',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
    ],
    stays: 'What was uploaded stays there',
  },
  reissue: {
    title: 'Reissue a sequence',
    description:
      'Makes lost or damaged archives of a sealed sequence again, with the same blobs by digest: from other copies, other archives of the chain, caches, or the source registry. The seal does not change.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description:
          'Make archives of the newest sealed sequence, or of another one, again where they are lost or damaged',
        example: { options: { sequence: 'seq1', dryRun: true } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Make archives of {sequence} again where they are lost or damaged',
        example: { options: { dryRun: true } },
      },
    ],
    runsAlone: true,
    stays: 'What was made again is kept',
  },
  bundle: {
    title: 'Write a bundle for sites',
    description:
      'Writes what is carried to disconnected sites: a folder, discs or sticks, each with checksums, the records of the chain and the upload script. For named sites it holds what they lack, otherwise everything that the sequence needs.',
    targets: [
      {
        scope: 'mirror',
        description: 'Put together what carries the newest sealed sequence to a site',
        example: { options: { site: 'bravo', output: '/media/disk' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Put together what carries {sequence} to a site',
        example: { options: { output: '/media/disk', media: 'bd25' } },
      },
      {
        scope: 'delivery',
        takesSites: true,
        description: 'Put together what {site} lacks of {sequence}',
        example: { options: { output: '/media/disk' } },
      },
    ],
    stays: 'Files that are complete are kept',
  },
  void: {
    title: 'Void a sequence',
    description:
      'Removes the seal of the last sequence, if it was sent to nobody. Its records and archives are deleted, its intent stays, and chain.lock keeps a tombstone.',
    targets: [
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Remove the seal of {sequence}, if it was sent to nobody',
        example: { options: { dryRun: true } },
      },
    ],
    runsAlone: true,
  },
  renumber: {
    title: 'Renumber a sequence',
    description: 'Moves a sequence that claims a taken number behind the others, without mirroring it again.',
    targets: [
      {
        scope: 'mirror',
        description: 'Move a sequence that claims a taken number behind the others, without mirroring again',
        example: { options: { folder: 'seq5-add-tempo' } },
      },
    ],
    runsAlone: true,
  },
  sign: {
    title: 'Sign a chain',
    description:
      'Signs chain.lock as it is, after proving every record: when signing is new, when the key has changed, after a merge.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Sign chain.lock as it is: when signing is new, when the key has changed, after a merge',
        example: {},
      },
    ],
    runsAlone: true,
  },
  countersign: {
    title: 'Sign as a second person',
    description:
      'Adds the signature of a second person to chain.lock, or with `--path` to a bundle on its medium, beside the first one. Proves the records before. For a bundle it also compares files, programs and head with those here.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: "Add a second person's signature to chain.lock, or to a bundle on its medium",
        example: { options: { key: '/home/me/.ssh/id_ed25519', path: '/media/disk' } },
      },
    ],
    runsAlone: true,
  },
  unlock: {
    title: 'Unlock a mirror',
    description: 'Opens the lock that a killed run left behind, after checking that nobody holds it.',
    targets: [
      {
        scope: 'mirror',
        description: 'Open the lock that a killed run left behind, after looking whether it is still held',
        example: {},
      },
    ],
    runsAlone: true,
  },
  explain: {
    title: 'Explain an error code',
    description:
      'Prints what the messages of an error code say, why they come, and what to do next. It reads nothing but the package itself, and needs no network and no mirror.',
    targets: [
      {
        scope: 'mirror',
        description: 'Say what an error code means, and what to do',
        example: { options: { code: 'SEQ0239' } },
      },
    ],
    takes: 'code',
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;
