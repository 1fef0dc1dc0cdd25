/**
 * Regular expressions of Go (RE2 syntax, https://pkg.go.dev/regexp/syntax), which `blockedImages` are. Each pattern is
 * read by Go's grammar and written again for JavaScript, so that what Go refuses is refused here too (look-around, back
 * references, stacked repetition) and what Go alone knows works (`(?P<name>…)`, `(?i)`, `[[:alpha:]]`, `\z`, `\Q…\E`).
 * Only whether a text matches is kept, not where: groups, greediness and names make no difference.
 */
import type { CharacterSet } from './go-pattern-class';
import { PatternProblem, characterClass, escapeOf, literal, unicodeClass } from './go-pattern-class';

const mostRepetitions = 1000;
const deepestGroups = 200;
const longestPattern = 4096;

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

// Braces that hold anything else are ordinary characters.
const repetition = /[*+?]|\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y;

/** A piece in JavaScript, and how often its innermost part may be repeated in all. */
interface Piece {
  readonly source: string;
  readonly repetitions: number;
}

export type GoPattern =
  | { readonly matches: (text: string) => boolean; readonly problem?: never | undefined }
  | { readonly problem: string; readonly matches?: never | undefined };

export function readGoPattern(pattern: string): GoPattern {
  if (pattern.length > longestPattern) return { problem: `it is longer than ${longestPattern} characters` };
  try {
    const expression = new RegExp(new Reader(pattern).read(), 'u');
    return { matches: (text) => expression.test(text) };
  } catch (error) {
    if (error instanceof PatternProblem) return { problem: error.message };
    if (error instanceof SyntaxError) return { problem: 'it is too large, or names a class that is not known' };
    throw error;
  }
}

class Reader {
  private position = 0;

  constructor(private readonly pattern: string) {}

  read(): string {
    const { source } = this.alternatives({ ignoreCase: false, multiline: false, dotAll: false }, 0);
    if (this.position < this.pattern.length) throw new PatternProblem('there is a ) without a ( before it');
    return source;
  }

  // Flags set within a group, as in `a(?i)b|c`, hold to its end.
  private alternatives(outer: Flags, depth: number): Piece {
    if (depth > deepestGroups) throw new PatternProblem(`groups are nested more than ${deepestGroups} deep`);
    let flags = outer;
    const branches: Piece[][] = [[]];
    while (this.position < this.pattern.length && !this.looksAt(')')) {
      const branch = branches.at(-1) as Piece[];
      if (this.take('|')) branches.push([]);
      else if (this.take('\\Q')) branch.push(...this.quoted(flags.ignoreCase));
      else if (this.looksAtRepetition()) branch.push(this.repeated(branch.pop()));
      else {
        const change = this.flagChange(flags);
        if (change === undefined) branch.push(this.atom(flags, depth));
        else flags = change;
      }
    }
    const source = branches.map((pieces) => pieces.map((piece) => piece.source).join('')).join('|');
    return { source, repetitions: Math.max(1, ...branches.flat().map(({ repetitions }) => repetitions)) };
  }

  private atom(flags: Flags, depth: number): Piece {
    if (this.take('(')) return this.group(flags, depth);
    const single = (source: string): Piece => ({ source, repetitions: 1 });
    if (this.take('[')) return single(characterClass(this.cursor(), flags.ignoreCase));
    if (this.take('.')) return single(flags.dotAll ? '[^]' : '[^\\n]');
    if (this.take('^')) return single(flags.multiline ? '(?:^|(?<=\\n))' : '(?:^)');
    if (this.take('$')) return single(flags.multiline ? '(?:$|(?=\\n))' : '(?:$)');
    for (const [assertion, source] of assertions) if (this.take(assertion)) return single(source);
    if (this.looksAt('\\')) {
      const cursor = this.cursor();
      const set: CharacterSet | undefined = unicodeClass(cursor);
      return single(set === undefined ? literal(escapeOf(cursor), flags.ignoreCase) : `[${set}]`);
    }
    return single(literal(this.cursor().next(), flags.ignoreCase));
  }

  private group(flags: Flags, depth: number): Piece {
    let inner = flags;
    if (this.take('?')) {
      const isNamed = this.takeMatch(/P?<[A-Za-z0-9_]+>/y) !== undefined;
      const written = isNamed ? '' : this.takeMatch(/([imsU]*(?:-[imsU]+)?):/y)?.[1];
      if (written === undefined)
        throw new PatternProblem('(? begins something that Go does not have, look-around for instance');
      inner = changed(flags, written);
    }
    const { source, repetitions } = this.alternatives(inner, depth + 1);
    if (!this.take(')')) throw new PatternProblem('a ) is missing');
    return { source: `(?:${source})`, repetitions };
  }

  private flagChange(flags: Flags): Flags | undefined {
    const written = this.takeMatch(/\(\?([imsU]*(?:-[imsU]+)?)\)/y)?.[1];
    return written === undefined ? undefined : changed(flags, written);
  }

  private quoted(ignoreCase: boolean): readonly Piece[] {
    const end = this.pattern.indexOf('\\E', this.position);
    const text = this.pattern.slice(this.position, end === -1 ? undefined : end);
    this.position = end === -1 ? this.pattern.length : end + '\\E'.length;
    return [...text].map((character) => ({ source: literal(character, ignoreCase), repetitions: 1 }));
  }

  private looksAtRepetition(): boolean {
    repetition.lastIndex = this.position;
    return repetition.test(this.pattern);
  }

  private repeated(piece: Piece | undefined): Piece {
    if (piece === undefined) throw new PatternProblem('a repetition has nothing before it');
    const [operator = '', least = '', comma = '', most = ''] = this.takeMatch(repetition) ?? [];
    this.take('?');
    if (this.looksAtRepetition()) throw new PatternProblem('a repetition follows another one');
    const source = `(?:${piece.source})${operator}`;
    if (!operator.startsWith('{')) return { source, repetitions: piece.repetitions };
    const highest = most === '' ? Number(least) : Number(most);
    const repetitions = highest * piece.repetitions;
    if (Math.max(repetitions, Number(least)) > mostRepetitions || (comma !== '' && Number(least) > highest)) {
      throw new PatternProblem(`a repetition is over ${mostRepetitions}, or its bounds are the wrong way round`);
    }
    return { source, repetitions: Math.max(repetitions, 1) };
  }

  private looksAt(text: string): boolean {
    return this.pattern.startsWith(text, this.position);
  }

  private take(text: string): boolean {
    if (!this.looksAt(text)) return false;
    this.position += text.length;
    return true;
  }

  private takeMatch(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.position;
    const match = expression.exec(this.pattern);
    if (match === null) return undefined;
    this.position += match[0].length;
    return match;
  }

  private cursor() {
    return {
      take: (text: string) => this.take(text),
      takeMatch: (expression: RegExp) => this.takeMatch(expression),
      next: () => {
        const point = this.pattern.codePointAt(this.position);
        if (point === undefined) throw new PatternProblem('it ends too early');
        const character = String.fromCodePoint(point);
        this.position += character.length;
        return character;
      },
    };
  }
}

const assertions: readonly (readonly [string, string])[] = [
  ['\\A', '(?:^)'],
  ['\\z', '(?:$)'],
  ['\\b', '(?:\\b)'],
  ['\\B', '(?:\\B)'],
];

function changed(flags: Flags, written: string): Flags {
  const [on = '', off = ''] = written.split('-');
  const decide = (letter: string, before: boolean): boolean => (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: decide('i', flags.ignoreCase),
    multiline: decide('m', flags.multiline),
    dotAll: decide('s', flags.dotAll),
  };
}
