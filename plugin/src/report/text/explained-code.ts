import type { ExplainedCode, MessageOfCode } from '../../system/explain-code';
import { withoutTexts } from '../../system/explain-code';
import { errorPage } from '../../system/project-page';

/** The page of one error code: each message that has it, why it comes, and what to do. */
export function renderExplainedCode({ code, meaning, messages }: ExplainedCode): string {
  const parts = messages.length === 0 ? [withoutTexts(code)] : messages.map(messageInWords);
  return [`${code}: ${meaning}`, ...parts, `The same on the web: ${errorPage(code)}`].join('\n\n');
}

const itself = 'what the message says; each case has its own advice';

function messageInWords({ what, why, next }: MessageOfCode): string {
  return [
    ...alternatives('', what),
    ...alternatives('  Why:   ', why.length === 0 ? [itself] : why),
    ...alternatives('  Next:  ', next.length === 0 ? [itself] : next),
  ].join('\n');
}

/** One line per text, those after the first with `or:` before them. */
function alternatives(head: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => (index === 0 ? `${head}${text}` : `${head === '' ? '' : '         '}or: ${text}`));
}
