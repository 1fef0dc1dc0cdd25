import type { Finding } from '../system/errors';
import { explain, renderExplanation } from '../system/errors';

/** SEQ0470: no installed engine of this choice can mirror the configuration. */
export const noEngineFor = explain<{
  tried: string;
  findings: readonly Finding[];
  next: string;
}>('SEQ0470', ({ tried, findings, next }) => ({
  what: `${tried} cannot mirror this configuration`,
  why: 'Nothing has been downloaded',
  next,
  details: findings.map(renderExplanation),
}));
