// Deeper than any file of ours or of oc-mirror's, and far from where the parser's recursion gets into trouble.
const deepest = 100;

// What may open block collections at the start of a line: each level takes one column at least.
const blockPrefix = /^(?:[ \t?:-]|[!&]\S*[ \t])*/;

/**
 * The first line, from 1, at which YAML text nests too deeply to be handed to the parser. The parser is recursive, and a
 * thousand `- ` in one line have been seen to end the whole process inside V8 ("RegExpCompiler Allocation failed",
 * yaml 2.9.1 on Node 20), which no `catch` can stop. An estimate from above: brackets within strings count too.
 */
export function tooDeeplyNestedAt(text: string, { limit = deepest }: { limit?: number } = {}): number | undefined {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const prefix = blockPrefix.exec(line)?.[0].length ?? 0;
    const rest = line.slice(prefix).trimEnd();
    if (rest.startsWith('#')) continue;
    if (prefix > limit && (rest !== '' || line.includes('-') || line.includes('?'))) return index + 1;
    for (const character of rest) {
      if (character === '[' || character === '{') open += 1;
      else if (character === ']' || character === '}') open = Math.max(0, open - 1);
      if (open > limit) return index + 1;
    }
  }
  return undefined;
}
