import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const misused = explain<string>('SEQ0649', (problem) => ({
  what: printable(problem, { limit: 200 }),
  why: 'Nothing was done',
  next: 'Run `node seqmirror-upload.js --help` to see every option',
}));
