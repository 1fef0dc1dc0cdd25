/** How many of the newest sealed sequences a list or the graph shows, unless it is told otherwise: two years of monthly ones. */
export const usuallyShown = 24;

/** `graph.show` of seqmirror.yaml: how many of the newest sealed sequences are Nx projects. */
export type ShownSequences = number | 'all';

const block = /^(["']?)graph\1[ \t]*:[ \t]*(?:#.*)?\r?\n((?:[ \t]+\S.*(?:\r?\n|$)|[ \t]*(?:#.*)?(?:\r?\n|$))*)/m;
const showLine = /^[ \t]+(["']?)show\1[ \t]*:[ \t]*(["']?)(all|[1-9]\d{0,5})\2[ \t]*(?:#.*)?$/m;
const flow =
  /^(["']?)graph\1[ \t]*:[ \t]*\{[ \t]*(["']?)show\2[ \t]*:[ \t]*(["']?)(all|[1-9]\d{0,5})\3[ \t]*\}[ \t]*(?:#.*)?$/m;

/**
 * The value of `graph.show` in the text of seqmirror.yaml, or the default.
 *
 * Read as lines, not as YAML: Nx asks at every command, and a YAML parser takes longer than the rest of the graph. If
 * the file breaks a rule, the executors say so.
 */
export function shownSequencesIn(settings: string): ShownSequences {
  const text = flow.exec(settings)?.[4] ?? showLine.exec(block.exec(settings)?.[2] ?? '')?.[3];
  if (text === 'all') return text;
  return text === undefined ? usuallyShown : Number(text);
}
