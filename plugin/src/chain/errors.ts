import { explain } from '../system/errors';

export const notVoidable = explain<{
  folder: string;
  why: string;
  next: string;
}>('SEQ0230', ({ folder, why, next }) => ({
  what: `${folder} cannot be voided`,
  why,
  next,
}));

export const notRenumberable = explain<{
  folder: string;
  why: string;
  next: string;
}>('SEQ0231', ({ folder, why, next }) => ({
  what: `${folder} cannot be renumbered`,
  why,
  next,
}));

export const diffOfNothing = explain<{ mirror: string }>('SEQ0256', ({ mirror }) => ({
  what: `${mirror} has no sealed sequence to compare`,
  why: 'diff compares the records of sealed sequences',
  next: `Mirror the first one: nx run ${mirror}:seq1`,
}));

export const notSealedForDiff = explain<{ mirror: string; number: number; last: number }>(
  'SEQ0257',
  ({ mirror, number, last }) => ({
    what: `seq${number} is not sealed, so its images are not known yet`,
    why: `The last sealed sequence is seq${last}`,
    next: `To see what a planned sequence would add, run \`nx run ${mirror}:plan\``,
  }),
);
