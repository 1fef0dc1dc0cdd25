import { explain } from '../system/errors';

export const notVoidable = explain<{
  folder: string;
  why: string;
  next: string;
}>('SEQ0230', ({ folder, why, next }) => ({
  what: `${folder} cannot be made void`,
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
