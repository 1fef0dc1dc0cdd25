/** What is known about each command: its row in the tables beside this file. */
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
