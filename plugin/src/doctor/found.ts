import type { Finding } from '../system/errors';

/** What a check found: a fact for people, and what is wrong. */
export interface Found {
  readonly fact: string;
  readonly findings?: readonly Finding[] | undefined;
  readonly isSkipped?: boolean | undefined;
}
