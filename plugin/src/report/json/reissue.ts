import type { ReissueOutcome } from '../../reissue/reissue';
import type { ArchiveRecipe } from '../../reissue/reissue-plan';

/** What was made again, for programs: the plan without the content of each archive. */
export function reissueInJson(outcome: ReissueOutcome): object {
  if (outcome.kind === 'sound') return outcome;
  const { plan, ...rest } = outcome;
  const { recipes, ...planned } = plan;
  return { ...rest, plan: { ...planned, archives: recipes.map(archiveInJson) } };
}

function archiveInJson(recipe: ArchiveRecipe): object {
  const { name, bytes } = recipe;
  const facts = { name, bytes, how: howOf(recipe) };
  return recipe.how === 'copied' ? { ...facts, from: recipe.path } : { ...facts, blobs: recipe.blobs.length };
}

function howOf(recipe: ArchiveRecipe): 'copied' | 'rebuilt' | 'laid out as sealed' | 'repackaged' {
  if (recipe.how !== 'composed') return recipe.how;
  return recipe.asSealed ? 'laid out as sealed' : 'repackaged';
}
