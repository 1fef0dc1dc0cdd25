import type { Finding } from '../system/errors';
import { explain, renderExplanation } from '../system/errors';

/** SEQ0470: no engine that is here and asked for can do it. */
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
