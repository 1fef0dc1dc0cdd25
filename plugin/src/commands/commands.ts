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

/**
 * The target of a command in a kind of project. It has the command's name. Nx caches reports only: for all else, disks
 * rot and registries change.
 */
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
  /**
   * Whether it does nothing but write files that the records alone decide. Nx caches such a target: its inputs are the
   * records, and its output is the folder.
   */
  readonly isReport?: boolean | undefined;
  /** For `nx show project` and docs/reference.md, without a full stop. {sequence} and {site} are replaced by folder names. */
  readonly description: string;
  readonly example: { readonly options?: Readonly<Record<string, unknown>> };
}

/** In the order in which people meet them: here, in executors.json, in docs/reference.md and among a project's targets. */
export const commands = {
  mirror: {
    title: 'Mirror a sequence',
    description:
      'Downloads the images of one sequence into archives, checks that the archives are complete, and seals the sequence. Does not change a sealed sequence.',
    targets: [],
    runsAlone: true,
    stays: 'seqmirror keeps what it has downloaded',
  },
  plan: {
    title: 'Plan the next sequence',
    description:
      'Shows what a sequence would download: new, shared and dropped images and bytes, changes upstream since the last sequence, archives, time and disk space. Downloads no layer and writes nothing. Fails if a registry does not answer.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show what the next sequence would download, or what has changed upstream since the last sequence',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
      {
        scope: 'sequence',
        needs: 'no seal',
        description: 'Show what {sequence} would download',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
    ],
    runsAlone: true,
  },
  check: {
    title: 'Check a sealed sequence',
    description:
      'Checks that the intent and the records of a sealed sequence are unchanged since it was sealed. Reads only text files, takes no lock, and changes no record. Nx runs the checks of a whole chain in one process.',
    targets: [],
    together: true,
  },
  list: {
    title: 'List the sequences',
    description:
      'Lists the sequences of a mirror. For each sequence, it shows the state, the type, the sizes, the sequences that it needs, and the place of its archives.',
    targets: [
      {
        scope: 'mirror',
        description: 'List the sequences: state, sizes, needed sequences, place of the archives',
        example: { options: { json: true } },
      },
    ],
  },
  diff: {
    title: 'Show what changed between sequences',
    description:
      'Compares two sealed sequences, or a sequence with the sequence that a site has. Shows releases, operators and the heads of their channels, images, new, shared and dropped bytes, the imageset configuration, and cluster resources. Reads only records, connects to no registry, and writes nothing.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show what changed between two sequences; default: in the last sequence',
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
        description: 'Show what {site} lacks of the last sequence',
        example: { options: { json: true } },
      },
    ],
  },
  info: {
    title: 'Show the settings of a mirror',
    description:
      'Shows the settings of a mirror, and the source of each setting: a line of seqmirror.yaml, an environment variable, or a default. Also shows the engine and the reason for its choice, the data directory, the files that configure registries, and versions. Shows no secret and connects to no registry.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show the settings and their sources, the engine, the data directory, and versions',
        example: { options: { json: true } },
      },
    ],
  },
  doctor: {
    title: 'Find problems before a run',
    description:
      'Checks everything that a run needs: the version of Nx, the engine, free disk space, locks, unfinished work of stopped runs, the records and the signature of the chain, the clock, the sites, and the registries of the imageset configuration with their credentials. Prints each problem and what to do. Changes nothing, and prints no credentials.',
    targets: [
      {
        scope: 'mirror',
        description: 'Find problems before a run: engine, disk space, locks, records, clock, sites, registries',
        example: { options: { offline: true } },
      },
    ],
  },
  status: {
    title: 'Show what sites have',
    description:
      'Compares each site with the chain. Shows the sequence that the site has acknowledged, the sequences and bytes that it lacks, the bundles that are on their way or overdue, and the next command.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show what each site has, and which bundles are on their way or overdue',
        example: { options: { json: true } },
      },
      {
        scope: 'site',
        description: 'Show what {site} has, and which bundles are on their way or overdue',
        example: { options: { json: true } },
      },
    ],
  },
  metrics: {
    title: 'Write metrics for Prometheus',
    description:
      'Writes metrics in the text format of Prometheus, for the textfile collector of node_exporter: sizes, times, custody, and what each site lacks. Reads only records.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Write metrics for Prometheus: sizes, times, custody, and what each site lacks',
        example: { options: { output: '/var/lib/node_exporter/seqmirror.prom' } },
      },
    ],
  },
  report: {
    title: 'Write a report',
    description:
      'Writes a report on the mirror: an HTML page, a page to sign for each transfer, Markdown and JSON. Also writes a bill of materials (CycloneDX) and an in-toto statement for each sequence. Reads only the records in the repository.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        isReport: true,
        description: 'Write a page about the mirror, and a page to sign for each transfer',
        example: { options: { all: true } },
      },
    ],
  },
  export: {
    title: 'Export cluster resources for GitOps',
    description:
      'Writes the cluster resources of all sites as folders for kustomize: a base with the resources that are the same for all sites, and an overlay for each site. Each resource is one file, with a sync wave for Argo CD. For each site, it writes the resources of the last sequence that the site has acknowledged. Connects to no registry.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Write the cluster resources of all sites as folders for kustomize and Argo CD',
        example: { options: { output: '/work/gitops/mirror' } },
      },
    ],
  },
  acknowledge: {
    title: "Record a site's receipt",
    description:
      "Reads the receipt of a site, and writes into the site's ledger which sequence the site has. With a signed receipt, the sequence is proven. With an unsigned receipt or a receipt code, it is attested. For a site behind a diode, use --assume: a sequence that was sent `assume_after` times is then assumed to be at the site. The next bundle leaves out what the site has.",
    targets: [
      {
        scope: 'site',
        description: 'Record the receipt or the receipt code of {site}, or assume a delivery over a diode',
        example: { options: { receipt: 'bravo-seq2.receipt' } },
      },
    ],
  },
  rollback: {
    title: "Correct a site's ledger after a loss",
    description:
      'Records that a site has lost sequences that it had acknowledged, because its registry was wiped or restored from an older backup. Corrects the ledger of the site, so that the next bundle contains the lost blobs. Changes nothing at the site.',
    targets: [
      {
        scope: 'site',
        description: 'Record that the registry of {site} was wiped or restored from an older backup',
        example: { options: { to: 'seq1' } },
      },
    ],
  },
  drift: {
    title: 'Compare a registry with the ledger',
    description:
      'Asks the registry of a site for every tag, manifest and layer that the site has acknowledged, and lists missing and different content. With --output, writes the missing digests into a file for `bundle --need`. Changes nothing in the registry. Fails if content is missing.',
    targets: [
      {
        scope: 'site',
        description: 'Check that the registry of {site} has everything that {site} has acknowledged',
        example: { options: { output: 'need.txt' } },
      },
    ],
  },
  validate: {
    title: 'Validate a chain, a sequence or a folder',
    description:
      'Checks that a chain, a sequence, or the content of any folder is complete and as it was sealed. Prints each file, blob and image with an error, and the command that repairs it. If one run of Nx validates a chain and its sequences, each archive is read only once.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Check that every sequence of the chain is complete and as it was sealed',
        example: { options: { depth: 'full' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Check that {sequence} is complete and as it was sealed',
        example: { options: { depth: 'full' } },
      },
    ],
    together: true,
  },
  upload: {
    title: 'Upload a sequence',
    description:
      'Uploads a sealed sequence from its archives into a registry that this machine can reach. Uploads only what the registry lacks, and sets tags last. Writes the cluster resources of the sequence.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Upload the newest sealed sequence into a registry that this machine can reach',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Upload {sequence} into a registry that this machine can reach',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'delivery',
        description: 'Upload {sequence} into the registry of {site}, if this machine can reach it',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
    ],
    stays: 'The registry keeps what was uploaded',
  },
  reissue: {
    title: 'Reissue a sequence',
    description:
      'Makes lost or damaged archives of a sealed sequence again, with the same blobs. Takes the blobs by their digest from other copies, other archives of the chain, caches, or the source registry. The seal does not change.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Make lost or damaged archives of the newest sealed sequence, or of another sequence, again',
        example: { options: { sequence: 'seq1', dryRun: true } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Make lost or damaged archives of {sequence} again',
        example: { options: { dryRun: true } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has made again',
  },
  prune: {
    title: 'Delete or move old archives',
    description:
      'Deletes archives that no site and no kept sequence needs, or moves them to another folder. Keeps all records, the newest sequences, and all archives that a site lacks or has not acknowledged. Without --apply, prints a plan and changes nothing. With --apply and the id of a plan, carries out this plan.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show which old archives you can delete or move; with --apply, delete or move them',
        example: { options: { to: '/media/archive' } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has not deleted or moved yet',
  },
  restore: {
    title: 'Restore archives from a copy',
    description:
      'Copies the archives of a sequence back into the store, from the folder to which prune moved them, or from another copy. Copies only archives with the recorded sha256. The seal does not change.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description:
          'Copy the archives of a sequence back from the folder to which prune moved them, or from another copy',
        example: { options: { sequence: 'seq1', from: '/media/archive' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description:
          'Copy the archives of {sequence} back from the folder to which prune moved them, or from another copy',
        example: { options: { from: '/media/archive' } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has copied',
  },
  bundle: {
    title: 'Write a bundle for sites',
    description:
      'Writes a bundle for disconnected sites into a folder, or onto discs or USB sticks. A bundle contains archives, checksums, the records of the chain and the upload script. With --site, it contains the blobs that the sites lack. Without --site, it contains all blobs of the sequence.',
    targets: [
      {
        scope: 'mirror',
        description: 'Write a bundle that brings the newest sealed sequence to a site',
        example: { options: { site: 'bravo', output: '/media/disk' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Write a bundle that brings {sequence} to a site',
        example: { options: { output: '/media/disk', media: 'bd25' } },
      },
      {
        scope: 'delivery',
        takesSites: true,
        description: 'Write a bundle with what {site} lacks of {sequence}',
        example: { options: { output: '/media/disk' } },
      },
    ],
    stays: 'seqmirror keeps the files that are complete',
  },
  void: {
    title: 'Void a sequence',
    description:
      'Removes the seal of the last sequence, if you have sent it to no site. Deletes its records and archives, and keeps its intent. chain.lock keeps a line that marks the removed seal as void.',
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
      'Gives a sequence the next free number, if another sequence has the same number. Does not mirror the sequence again.',
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
      'Adds the signature of a second person to chain.lock, or with `--path` to a bundle. Before that, it checks all records of the chain. For a bundle, it also checks the hash of every file, and compares the programs and the newest sequence with those on this side.',
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
        description: 'Remove the lock that a killed run left, after a check that no run holds it',
        example: {},
      },
    ],
    runsAlone: true,
  },
  explain: {
    title: 'Explain an error code',
    description:
      'Prints the messages of an error code, their causes, and what to do next. Reads only the package itself, and needs no network and no mirror.',
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

export type CommandName = keyof typeof commands;
