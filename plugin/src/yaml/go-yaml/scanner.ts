/** From text to tokens, like scannerc.go of go-yaml: it reports the same errors, at the same places. */
import type { Mark } from './cursor';
import { Cursor, isBlankOrEnd, isBreak } from './cursor';
import type { GoYamlWords } from './problems';
import { GoYamlRefusal } from './problems';
import type { Directive, Tag } from './scan-properties';
import { scanAnchor, scanDirective, scanTag } from './scan-properties';
import type { ScannedScalar } from './scan-scalar';
import { scanBlock, scanPlain, scanQuoted } from './scan-scalar';

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

type TokenContent =
  | {
      readonly type:
        | 'end'
        | 'document start'
        | 'document end'
        | 'block sequence'
        | 'block map'
        | 'block end'
        | '['
        | ']'
        | '{'
        | '}'
        | ','
        | 'entry'
        | 'key'
        | 'value';
    }
  | { readonly type: 'directive'; readonly directive: Directive }
  | { readonly type: 'alias' | 'anchor'; readonly name: string }
  | { readonly type: 'tag'; readonly tag: Tag }
  | { readonly type: 'scalar'; readonly style: ScalarStyle; readonly value: string };

/** With the offsets in the text where it begins and ends. */
export type YamlToken = TokenContent & { readonly start: number; readonly end: number };

/** A value that would be a key if a colon followed on the same line. */
interface KeyCandidate {
  possible: boolean;
  /** In a block, in the column of the map: it is a key or an error. */
  readonly required: boolean;
  /** Number of its first token, counted from the beginning of the text. */
  readonly tokenNumber: number;
  readonly mark: Mark;
}

const longestKey = 1024;

export class Scanner {
  private readonly cursor: Cursor;
  private readonly tokens: YamlToken[] = [];
  private tokensTaken = 0;
  private ended = false;
  /** The column of the open block collection; -1 outside of any. */
  private indent = -1;
  private readonly outerIndents: number[] = [];
  private keyAllowed = true;
  /** One for the block, and one for each open bracket or brace. */
  private readonly candidates: (KeyCandidate | undefined)[] = [undefined];

  constructor(text: string) {
    this.cursor = new Cursor(text);
  }

  peek(): YamlToken {
    while (!this.isHeadKnown()) this.fetch();
    return this.tokens[0] as YamlToken;
  }

  take(): YamlToken {
    const token = this.peek();
    if (token.type !== 'end') {
      this.tokens.shift();
      this.tokensTaken += 1;
    }
    return token;
  }

  // While the first token may begin a key, a token for the key may still have to come before it.
  private isHeadKnown(): boolean {
    if (this.tokens.length === 0) return false;
    if (this.ended) return true;
    return !this.candidates.some((candidate) => candidate?.tokenNumber === this.tokensTaken && this.isValid(candidate));
  }

  private isValid(candidate: KeyCandidate): boolean {
    if (!candidate.possible) return false;
    const { mark, required } = candidate;
    if (mark.line >= this.cursor.line && mark.index + longestKey >= this.cursor.index) return true;
    if (required) throw this.refusal("could not find expected ':'");
    candidate.possible = false;
    return false;
  }

  private get inFlow(): boolean {
    return this.candidates.length > 1;
  }

  private fetch(): void {
    const { cursor } = this;
    this.skipToToken();
    this.closeBlocks(cursor.column);
    const character = cursor.peek();
    const next = cursor.peek(1);
    if (character === '') return this.fetchEnd();
    if (cursor.column === 0 && character === '%') return this.fetchDirective();
    if (cursor.isAtDocumentMark()) return this.fetchDocumentMark(character === '-' ? 'document start' : 'document end');
    if (character === '[' || character === '{') return this.fetchFlowStart(character);
    if (character === ']' || character === '}') return this.fetchFlowEnd(character);
    if (character === ',') return this.fetchComma();
    if (character === '-' && isBlankOrEnd(next)) return this.fetchEntry();
    if (character === '?' && (this.inFlow || isBlankOrEnd(next))) return this.fetchKey();
    if (character === ':' && (this.inFlow || isBlankOrEnd(next))) return this.fetchValue();
    if (character === '*' || character === '&')
      return this.fetchNode(() => ({ type: character === '*' ? 'alias' : 'anchor', name: scanAnchor(cursor) }));
    if (character === '!') return this.fetchNode(() => ({ type: 'tag', tag: scanTag(cursor) }));
    if ((character === '|' || character === '>') && !this.inFlow) return this.fetchBlockScalar(character === '|');
    if (character === "'" || character === '"')
      return this.fetchScalar(character === '"' ? 'double' : 'single', () => scanQuoted(cursor, character));
    if (this.canBeginPlain(character, next))
      return this.fetchScalar('plain', () => scanPlain(cursor, { indent: this.indent, inFlow: this.inFlow }));
    throw this.refusal('found character that cannot start any token');
  }

  private canBeginPlain(character: string, next: string): boolean {
    if (character === '-') return next !== ' ' && next !== '\t';
    if (character === '?' || character === ':') return !this.inFlow && !isBlankOrEnd(next);
    return character !== '\t' && !',[]{}#&*!|>\'"%@`'.includes(character);
  }

  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      while (cursor.peek() === ' ' || (cursor.peek() === '\t' && (this.inFlow || !this.keyAllowed))) cursor.skip();
      cursor.skipComment();
      if (!isBreak(cursor.peek())) return;
      cursor.takeBreak();
      if (!this.inFlow) this.keyAllowed = true;
    }
  }

  private fetchEnd(): void {
    if (this.cursor.column !== 0) Object.assign(this.cursor, { column: 0, line: this.cursor.line + 1 });
    this.closeBlocks(-1);
    this.dropCandidate();
    this.keyAllowed = false;
    this.add('end', this.cursor.offset);
    this.ended = true;
  }

  private fetchDirective(): void {
    this.closeBlocks(-1);
    this.dropCandidate();
    this.keyAllowed = false;
    const start = this.cursor.offset;
    this.tokens.push({ type: 'directive', directive: scanDirective(this.cursor), start, end: this.cursor.offset });
  }

  private fetchDocumentMark(type: 'document start' | 'document end'): void {
    this.closeBlocks(-1);
    this.dropCandidate();
    this.keyAllowed = false;
    this.addCharacters(type, 3);
  }

  private fetchFlowStart(type: '[' | '{'): void {
    this.keepCandidate();
    this.candidates.push(undefined);
    this.keyAllowed = true;
    this.addCharacters(type, 1);
  }

  private fetchFlowEnd(type: ']' | '}'): void {
    this.dropCandidate();
    if (this.inFlow) this.candidates.pop();
    this.keyAllowed = false;
    this.addCharacters(type, 1);
  }

  private fetchComma(): void {
    this.dropCandidate();
    this.keyAllowed = true;
    this.addCharacters(',', 1);
  }

  private fetchEntry(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.refusal('block sequence entries are not allowed in this context');
      this.openBlock('block sequence', this.cursor);
    }
    this.dropCandidate();
    this.keyAllowed = true;
    this.addCharacters('entry', 1);
  }

  private fetchKey(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.refusal('mapping keys are not allowed in this context');
      this.openBlock('block map', this.cursor);
    }
    this.dropCandidate();
    this.keyAllowed = !this.inFlow;
    this.addCharacters('key', 1);
  }

  private fetchValue(): void {
    const candidate = this.candidates.at(-1);
    if (candidate !== undefined && this.isValid(candidate)) {
      const { mark, tokenNumber } = candidate;
      const at = tokenNumber - this.tokensTaken;
      this.tokens.splice(at, 0, { type: 'key', start: mark.offset, end: mark.offset });
      this.openBlock('block map', mark, at);
      candidate.possible = false;
      this.keyAllowed = false;
    } else {
      if (!this.inFlow) {
        if (!this.keyAllowed) throw this.refusal('mapping values are not allowed in this context');
        this.openBlock('block map', this.cursor);
      }
      this.keyAllowed = !this.inFlow;
    }
    this.addCharacters('value', 1);
  }

  private fetchNode(scan: () => TokenContent): void {
    this.keepCandidate();
    this.keyAllowed = false;
    const start = this.cursor.offset;
    this.tokens.push({ ...scan(), start, end: this.cursor.offset });
  }

  private fetchBlockScalar(literal: boolean): void {
    this.dropCandidate();
    this.addScalar(literal ? 'literal' : 'folded', () => scanBlock(this.cursor, { indent: this.indent, literal }));
  }

  private fetchScalar(style: ScalarStyle, scan: () => ScannedScalar): void {
    this.keepCandidate();
    this.addScalar(style, scan);
  }

  private addScalar(style: ScalarStyle, scan: () => ScannedScalar): void {
    const start = this.cursor.offset;
    const { value, end, endsLine } = scan();
    this.keyAllowed = endsLine;
    this.tokens.push({ type: 'scalar', style, value, start, end });
  }

  private addCharacters(
    type: Exclude<YamlToken['type'], 'directive' | 'alias' | 'anchor' | 'tag' | 'scalar'>,
    count: number,
  ) {
    const start = this.cursor.offset;
    this.cursor.skip(count);
    this.tokens.push({ type, start, end: this.cursor.offset });
  }

  private add(type: 'end' | 'block end', offset: number): void {
    this.tokens.push({ type, start: offset, end: offset });
  }

  private openBlock(
    type: 'block sequence' | 'block map',
    { column, offset }: { readonly column: number; readonly offset: number },
    at = this.tokens.length,
  ): void {
    if (this.inFlow || this.indent >= column) return;
    this.outerIndents.push(this.indent);
    this.indent = column;
    this.tokens.splice(at, 0, { type, start: offset, end: offset });
  }

  private closeBlocks(column: number): void {
    if (this.inFlow) return;
    while (this.indent > column) {
      this.add('block end', this.cursor.offset);
      this.indent = this.outerIndents.pop() as number;
    }
  }

  private keepCandidate(): void {
    if (!this.keyAllowed) return;
    this.dropCandidate();
    this.candidates[this.candidates.length - 1] = {
      possible: true,
      required: !this.inFlow && this.indent === this.cursor.column,
      tokenNumber: this.tokensTaken + this.tokens.length,
      mark: this.cursor.mark(),
    };
  }

  private dropCandidate(): void {
    const candidate = this.candidates.at(-1);
    if (candidate?.possible !== true) return;
    if (candidate.required) throw this.refusal("could not find expected ':'");
    candidate.possible = false;
  }

  private refusal(because: GoYamlWords): GoYamlRefusal {
    return new GoYamlRefusal(this.cursor.offset, because);
  }
}
