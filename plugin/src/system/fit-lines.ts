/** Text for a terminal, or for a log, whose lines fit. */
import { wrapWords } from './wrap';

/** The width of a pane of Nx, which we also keep to where nobody says how wide the output is. */
export const usualColumns = 83;
const fewestColumns = 40;

/** How wide text on a stream may be: its terminal's width, else what the variable COLUMNS says, else 83. */
export function columnsOf(
  { columns }: { readonly columns?: number | undefined },
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): number {
  const said = /^\d{1,5}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : 0;
  return columns || said || usualColumns;
}

/**
 * Breaks the lines of a text that are longer than `columns`; what follows is indented. Rows of tables stay whole, and so
 * do commands, paths, digests, and a unified diff at the end: what people copy must not be broken.
 */
export function fitLines(text: string, columns: number): string {
  const width = Math.max(columns, fewestColumns);
  const lines = text.split('\n');
  const patch = lines.findIndex((line, at) => line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ '));
  const isWhole = (line: string, at: number): boolean => line.length <= width || (patch >= 0 && at >= patch);
  return lines.flatMap((line, at) => (isWhole(line, at) ? [line] : brokenLine(line, width))).join('\n');
}

function brokenLine(line: string, width: number): string[] {
  const label = labelOf.exec(line)?.[0] ?? '';
  const before = label === '' ? (/^ */.exec(line)?.[0] ?? '') : label;
  const rest = line.slice(before.length);
  if (/\S {2,}\S/.test(rest)) return [line];
  const indent = ' '.repeat(label === '' ? before.length + 2 : label.length);
  const lines = wrapWords(`${before.replaceAll(' ', glue)}${inOnePiece(rest)}`, { width, indent });
  return lines.map((each) => each.replaceAll(glue, ' '));
}

/** `  Next:  `, `  check    `: a short word and the spaces that align what follows. */
const labelOf = /^ *\S{1,12}(?: \S{1,6})? {2,}/;

// A character that nobody writes (the first for private use) stands for the spaces of a command while its line is broken.
const glue = '\ue000';

function inOnePiece(text: string): string {
  return text
    .replace(commandStart, (command) => command.replaceAll(' ', glue))
    .replace(/ (?=-)/g, glue)
    .replace(/(?<=\ue000-[a-z]) (?=\S)/g, glue);
}

const commandStart =
  /(?<![^\s(`])(?:(?:npx )?nx (?:run|g|show|reset) |(?:npx |npm run |git |oc |sha256sum |rm |cp |cat )(?=[\w./'-]))(?=\S)/g;
