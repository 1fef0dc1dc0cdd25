import type { ReissueOutcome } from '../../reissue/reissue';
import type { ArchiveRecipe, ReissuePlan, SourceShare } from '../../reissue/reissue-plan';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { renderExplanations } from '../../system/errors';
import { printable } from '../../system/printable';

/** What `nx run mirror-seqN:reissue` says at its end. */
export function renderReissue(outcome: ReissueOutcome): string {
  const { folder } = outcome;
  switch (outcome.kind) {
    case 'sound': {
      const archives = `${counted(outcome.archives, 'archive')} ${outcome.archives === 1 ? 'is' : 'are'} as sealed`;
      return `${folder}: ${archives}, ${outcome.linked ? 'and linked again' : 'nothing to do'}`;
    }
    case 'planned':
      return [
        `${folder}: dry run; nothing was written`,
        ...linesOf(outcome.plan, 'is'),
        ...withoutSource(outcome.plan),
        ...renderExplanations(outcome.plan.warnings),
      ].join('\n');
    case 'reissued': {
      const { plan, packaging, archivesAre, warnings, mirror, number } = outcome;
      return [
        `${folder}: reissued; the seal did not change`,
        ...linesOf(plan, 'was'),
        packaging === 'as sealed'
          ? '  Every file is identical to the sealed one, byte for byte'
          : '  Repackaged: SHA256SUMS and seq-metadata.yaml have the new checksums',
        ...(archivesAre === 'symlinked'
          ? ['  The archives are symbolic links to another disk: copy the folder with cp -rL']
          : []),
        ...renderExplanations(warnings),
        `Next: ${packaging === 'as sealed' ? '' : `commit ${folder}, then `}nx run ${mirror}:validate --sequence=seq${number}`,
      ].join('\n');
    }
  }
}

/** @param damage whether the archives are damaged, or were before this reissue */
function linesOf({ sound, damaged, recipes, sources }: ReissuePlan, damage: 'is' | 'was'): string[] {
  return [
    ...(sound.length === 0 ? [] : [`  ${counted(sound.length, 'archive')} undamaged, not changed`]),
    ...damaged.map((archive) => `  ${damageInWords(archive, damage)}`),
    ...recipes.map((recipe) => `  ${recipe.name}  ${formatBytes(recipe.bytes)}  ${inWords(recipe)}`),
    ...sources.map(sourceInWords),
  ];
}

function damageInWords({ name, why }: ReissuePlan['damaged'][number], damage: 'is' | 'was'): string {
  const text = printable(why.startsWith(name) ? why : `${name}: ${why}`);
  return damage === 'is' ? text : text.replace(/\b(?:is|are|has|does|do|differ)\b/g, (word) => past[word] ?? word);
}

const past: Readonly<Record<string, string>> = {
  is: 'was',
  are: 'were',
  has: 'had',
  does: 'did',
  do: 'did',
  differ: 'differed',
};

function inWords(recipe: ArchiveRecipe): string {
  switch (recipe.how) {
    case 'copied':
      return `copied as a whole from ${printable(recipe.where)}`;
    case 'rebuilt':
      return `from its frame and ${counted(recipe.blobs.length, 'blob')}`;
    case 'composed':
      return `${recipe.asSealed ? 'same layout as before' : 'repackaged'}, ${counted(recipe.blobs.length, 'blob')}`;
  }
}

function sourceInWords({ kind, where, blobs, bytes }: SourceShare): string {
  const from = kind === 'registry' ? `registry ${where}` : where;
  return `    ${formatBytes(bytes).padStart(10)}  ${counted(blobs, 'blob')} from ${printable(from)}`;
}

function withoutSource({ without }: ReissuePlan): string[] {
  if (without.length === 0) return [];
  const bytes = without.reduce((sum, blob) => sum + blob.bytes, 0);
  return [`    ${formatBytes(bytes).padStart(10)}  ${counted(without.length, 'blob')} that no known place has`];
}
