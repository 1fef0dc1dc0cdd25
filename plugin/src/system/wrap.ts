/**
 * Breaks a text between words into lines.
 *
 * @param options.width of the longest line, in characters; a longer word stays whole
 * @param options.indent put before every line except the first; it counts in the width
 */
export function wrapWords(text: string, { width, indent = '' }: { width: number; indent?: string }): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/(?<=\S) /)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
