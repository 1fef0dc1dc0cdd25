import type { ShownSequences } from '../mirror/shown-sequences';
import type { MirrorLayout, SequenceLayout } from './layout';

/**
 * The old sequences that have one project together: those that are sealed and not among the newest ones, up to the
 * first planned one, so that no shown sequence is before a folded one.
 */
export function foldedSequences({ sequences }: MirrorLayout, shown: ShownSequences): readonly SequenceLayout[] {
  if (shown === 'all') return [];
  const sealed = sequences.filter((sequence) => sequence.sealed).length;
  const firstPlanned = sequences.findIndex((sequence) => !sequence.sealed);
  return sequences.slice(0, Math.max(0, Math.min(sealed - shown, firstPlanned === -1 ? sealed : firstPlanned)));
}
