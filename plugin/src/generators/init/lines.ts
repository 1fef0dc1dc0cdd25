export interface WantedLines {
  /** Why the lines are there, for people who read the file. */
  readonly comment: string;
  readonly lines: readonly string[];
}

/** A text of lines (`.gitignore`, `.env`, …) with the missing lines added at its end; unchanged if none is missing. */
export function withLines(text: string, { comment, lines }: WantedLines): string {
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const lacking = lines.filter((line) => !present.has(line));
  if (lacking.length === 0) return text;
  const added = [...(present.has(`# ${comment}`) ? [] : [`# ${comment}`]), ...lacking]
    .map((line) => `${line}\n`)
    .join('');
  if (text === '') return added;
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${added}`;
}
