/** A place in a text, as go-yaml counts: characters, and lines that also end with U+0085, U+2028 and U+2029. */
export interface Mark {
  /** Into the text, for whoever shows the place. */
  readonly offset: number;
  /** Characters before it. */
  readonly index: number;
  readonly line: number;
  /** Characters before it in its line. */
  readonly column: number;
}

/** Walks over a text. `peek` gives '' at the end, and half of a character outside the basic plane, which means nothing. */
export class Cursor {
  offset = 0;
  index = 0;
  line = 0;
  column = 0;

  constructor(readonly text: string) {}

  peek(ahead = 0): string {
    return this.text[this.offset + ahead] ?? '';
  }

  mark(): Mark {
    return { offset: this.offset, index: this.index, line: this.line, column: this.column };
  }

  skip(count = 1): void {
    for (let skipped = 0; skipped < count; skipped += 1) {
      this.offset += isHighSurrogate(this.text.charCodeAt(this.offset)) ? 2 : 1;
      this.index += 1;
      this.column += 1;
    }
  }

  /** Goes on by one character and gives it. */
  take(): string {
    const from = this.offset;
    this.skip();
    return this.text.slice(from, this.offset);
  }

  /** Goes past the end of a line and gives what it means in a value. */
  takeBreak(): string {
    const character = this.peek();
    const length = character === '\r' && this.peek(1) === '\n' ? 2 : 1;
    this.offset += length;
    this.index += length;
    this.line += 1;
    this.column = 0;
    return character === '\u2028' || character === '\u2029' ? character : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.peek())) this.skip();
  }

  /** Where a comment begins here, up to the end of its line. */
  skipComment(): void {
    if (this.peek() === '#') while (!isBreakOrEnd(this.peek())) this.skip();
  }

  takeWhile(belongs: (character: string) => boolean): string {
    const from = this.offset;
    while (belongs(this.peek())) this.skip();
    return this.text.slice(from, this.offset);
  }

  /** Whether `---` or `...` stands at the beginning of a line here, with nothing of a text behind it. */
  isAtDocumentMark(): boolean {
    if (this.column !== 0) return false;
    const mark = this.text.slice(this.offset, this.offset + 3);
    return (mark === '---' || mark === '...') && isBlankOrEnd(this.peek(3));
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

export function isBreak(character: string): boolean {
  return (
    character === '\n' ||
    character === '\r' ||
    character === '\u0085' ||
    character === '\u2028' ||
    character === '\u2029'
  );
}

export function isBreakOrEnd(character: string): boolean {
  return character === '' || isBreak(character);
}

export function isBlankOrEnd(character: string): boolean {
  return isBlank(character) || isBreakOrEnd(character);
}

/** What names of anchors, tags and directives are made of. */
export function isWord(character: string): boolean {
  return /^[\w-]$/.test(character);
}
