/** The pages that people read, and what is in them: headings, links, and the commands that they show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  /** From the top of the repository: `docs/ci.md`. */
  readonly path: string;
  readonly text: string;
}

export interface Fence {
  readonly language: string;
  /** Number of its first line in the page, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

export interface ShownCommand {
  readonly line: number;
  readonly text: string;
}

const topPages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'plugin/README.md'];

export function allPages(root: string): Page[] {
  const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [...topPages, ...names.sort().map((name) => `docs/${name}`)].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

/** Blocks between lines of three backticks. */
export function fencesIn(text: string): Fence[] {
  const fences: { language: string; line: number; lines: string[] }[] = [];
  let open: (typeof fences)[number] | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, language] = /^ *```(\w*)$/.exec(line) ?? [];
    if (language === undefined) open?.lines.push(line);
    else if (open === undefined) {
      open = { language, line: index + 2, lines: [] };
      fences.push(open);
    } else open = undefined;
  }
  return fences;
}

/** The text without its blocks of code. */
export function withoutFences(text: string): string {
  return text.replace(/^ *```\w*\n[^]*?^ *```$/gm, '');
}

/** What can be linked to: headings as GitHub names them, and anchors written as `<a id="…">`. */
export function anchorsIn(text: string): Set<string> {
  const prose = withoutFences(text);
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/&lt;/g, '')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return new Set([...headings, ...[...prose.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)]);
}

/** Targets of links and pictures, those of HTML included. */
export function linksIn(text: string): string[] {
  return [...withoutFences(text).matchAll(/(?:\]\(|\b(?:src|srcset|href)=")([^)"\s]+)[)"]/g)].map(
    ([, target = '']) => target,
  );
}

/** Every line of a `sh` block, and in a `console` block what stands after `$ `; comments are left out. */
export function commandsIn(text: string): ShownCommand[] {
  return fencesIn(text).flatMap(({ language, line, lines }) =>
    lines.flatMap((shown, index) => {
      const command = language === 'sh' ? shown : language === 'console' ? (/^\$ (.+)/.exec(shown)?.[1] ?? '') : '';
      const bare = command.replace(/(^|\s)#.*$/, '').trim();
      return bare === '' ? [] : bare.split(' && ').map((part) => ({ line: line + index, text: part }));
    }),
  );
}

/** Commands of Nx, npm and the upload script that stand in backticks within a sentence. */
export function inlineCommandsIn(text: string): string[] {
  return [
    ...withoutFences(text).matchAll(
      /`((?:npx )?nx (?:run|g) [^`]+|npm run [^`]+|npx seqmirror [^`]+|\.\/seq-upload\.sh [^`]+)`/g,
    ),
  ].map(([, command = '']) => command);
}
