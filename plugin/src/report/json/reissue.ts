import type { ReissueOutcome } from '../../reissue/reissue';
import type { ArchiveRecipe } from '../../reissue/reissue-plan';

/** What was made again, for programs: the plan without what is in each archive. */
export function reissueInJson(outcome: ReissueOutcome): object {
  if (outcome.kind === 'sound') return outcome;
  const { plan, ...rest } = outcome;
  const { makings, ...planned } = plan;
  return { ...rest, plan: { ...planned, archives: makings.map(archiveInJson) } };
}

function archiveInJson(making: ArchiveRecipe): object {
  const { name, bytes } = making;
  const facts = { name, bytes, how: howOf(making) };
  return making.how === 'copied' ? { ...facts, from: making.path } : { ...facts, blobs: making.blobs.length };
}

function howOf(making: ArchiveRecipe): 'copied' | 'rebuilt' | 'laid out as sealed' | 'repackaged' {
  if (making.how !== 'composed') return making.how;
  return making.asSealed ? 'laid out as sealed' : 'repackaged';
}
