import type { Finding } from '../system/errors';
import { explain, renderExplanation } from '../system/errors';

/** SEQ0470: no installed engine of this choice can mirror the configuration. */
export const noEngineFor = explain<{
  engine: string;
  findings: readonly Finding[];
  next: string;
}>('SEQ0470', ({ engine, findings, next }) => ({
  what: `${engine} cannot mirror this configuration`,
  why: 'seqmirror downloaded nothing',
  next,
  details: findings.map(renderExplanation),
}));
