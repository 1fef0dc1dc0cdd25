/**
 * YAML as oc-mirror reads it: by go.yaml.in/yaml/v2 (in 4.19 by the same code within sigs.k8s.io/yaml), whose scanner
 * and parser are ported here, since no other reader accepts and refuses the same texts. Returns nodes of the library
 * `yaml`. Called by `../dialect.ts`; rules of values (keys twice, aliases, tags) are in `../placed-value.ts`.
 */
import type { ParsedNode } from 'yaml';
import { Alias, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { GoYamlRefusal, plainWordsFor } from './problems';
import type { ScalarStyle, YamlToken } from './scanner';
import { Scanner } from './scanner';

export type GoYamlReading =
  /** `second` is the offset of a further document with content, which oc-mirror ignores. */
  | { readonly root: ParsedNode | null; readonly second?: number | undefined; readonly refused?: undefined }
  | {
      readonly root?: undefined;
      readonly second?: undefined;
      readonly refused:
        | { readonly kind: 'too deep'; readonly offset: number }
        | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };
    };

/**
 * The first document of a text, or why and where go-yaml would refuse it. The limit on nesting is lower than go-yaml's.
 */
export function readGoYaml(text: string, { deepest = deepestConfiguration } = {}): GoYamlReading {
  try {
    const parser = new Parser(text, deepest);
    const root = parser.document();
    return { root, second: parser.furtherDocument() };
  } catch (error) {
    if (!(error instanceof GoYamlRefusal)) throw error;
    const { offset, because } = error;
    if (because === 'too deep') return { refused: { kind: because, offset } };
    return { refused: { kind: 'malformed', offset, problem: plainWordsFor(because) } };
  }
}

// A full imageset configuration has eleven levels.
const deepestConfiguration = 32;

const scalarTypes: Readonly<Record<ScalarStyle, Scalar.Type>> = {
  plain: 'PLAIN',
  single: 'QUOTE_SINGLE',
  double: 'QUOTE_DOUBLE',
  literal: 'BLOCK_LITERAL',
  folded: 'BLOCK_FOLDED',
};

interface Properties {
  readonly anchor?: string | undefined;
  readonly tag?: string | undefined;
}

/** parserc.go, with recursion instead of its stack of states. */
class Parser {
  private readonly scanner: Scanner;
  private depth = 0;
  private tagHandles = new Map<string, string>();

  constructor(
    text: string,
    private readonly deepest: number,
  ) {
    this.scanner = new Scanner(text);
  }

  /** The first document; `null` if the text is empty. */
  document(): ParsedNode | null {
    const { type } = this.scanner.peek();
    if (type === 'end') return null;
    if (type !== 'directive' && type !== 'document start') {
      this.readDirectives();
      return this.finished(this.node({ block: true }));
    }
    return this.markedDocument();
  }

  /** Where a further document with content begins, or text that cannot be read as one. */
  furtherDocument(): number | undefined {
    let start: number | undefined;
    try {
      for (;;) {
        start = undefined;
        while (this.scanner.peek().type === 'document end') this.scanner.take();
        if (this.scanner.peek().type === 'end') return undefined;
        start = this.scanner.peek().start;
        const root = this.markedDocument();
        if (!(root instanceof Scalar && root.source === '' && root.type === 'PLAIN')) return start;
      }
    } catch (error) {
      if (error instanceof GoYamlRefusal) return start ?? error.offset;
      throw error;
    }
  }

  private markedDocument(): ParsedNode {
    this.readDirectives();
    const start = this.scanner.peek();
    if (start.type !== 'document start') throw refusal(start, 'did not find expected <document start>');
    this.scanner.take();
    const next = this.scanner.peek();
    const isEmpty = ['directive', 'document start', 'document end', 'end'].includes(next.type);
    return this.finished(isEmpty ? emptyScalar(next.start) : this.node({ block: true }));
  }

  private finished(root: ParsedNode): ParsedNode {
    if (this.scanner.peek().type === 'document end') this.scanner.take();
    this.tagHandles = new Map();
    return root;
  }

  private readDirectives(): void {
    let version = false;
    for (;;) {
      const token = this.scanner.peek();
      if (token.type !== 'directive') break;
      const { directive } = token;
      if (directive.name === 'YAML') {
        if (version) throw refusal(token, 'found duplicate %YAML directive');
        if (directive.version !== '1.1') throw refusal(token, 'found incompatible YAML document');
        version = true;
      } else {
        if (this.tagHandles.has(directive.handle)) throw refusal(token, 'found duplicate %TAG directive');
        this.tagHandles.set(directive.handle, directive.prefix);
      }
      this.scanner.take();
    }
    if (!this.tagHandles.has('!')) this.tagHandles.set('!', '!');
    if (!this.tagHandles.has('!!')) this.tagHandles.set('!!', 'tag:yaml.org,2002:');
  }

  private node({ block, indentless = false }: { block: boolean; indentless?: boolean }): ParsedNode {
    const first = this.scanner.peek();
    if (first.type === 'alias') {
      this.scanner.take();
      return placed(new Alias(first.name), first.start, first.end);
    }
    const properties = this.properties();
    const token = this.scanner.peek();
    if (indentless && token.type === 'entry') return this.collection(token, properties, () => this.indentlessList());
    switch (token.type) {
      case 'scalar':
        this.scanner.take();
        return scalarOf(token, properties);
      case '[':
        return this.collection(token, properties, () => this.flowList());
      case '{':
        return this.collection(token, properties, () => this.flowMap());
      case 'block sequence':
        if (block) return this.collection(token, properties, () => this.blockList());
        break;
      case 'block map':
        if (block) return this.collection(token, properties, () => this.blockMap());
        break;
    }
    if (properties.anchor === undefined && properties.tag === undefined)
      throw refusal(token, 'did not find expected node content');
    return withProperties(emptyScalar(first.start), properties);
  }

  private properties(): Properties {
    let anchor: string | undefined;
    let tag: string | undefined;
    for (;;) {
      const token = this.scanner.peek();
      if (token.type === 'anchor' && anchor === undefined) anchor = token.name;
      else if (token.type === 'tag' && tag === undefined) tag = this.tagOf(token);
      else return { anchor, tag };
      this.scanner.take();
    }
  }

  private tagOf(token: YamlToken & { readonly type: 'tag' }): string {
    const { handle, suffix } = token.tag;
    if (handle === '') return suffix;
    const prefix = this.tagHandles.get(handle);
    if (prefix === undefined || prefix + suffix === '') throw refusal(token, 'found undefined tag handle');
    return prefix + suffix;
  }

  private collection(
    { start }: YamlToken,
    properties: Properties,
    read: () => { readonly node: YAMLMap | YAMLSeq; readonly end: number },
  ): ParsedNode {
    this.depth += 1;
    if (this.depth > this.deepest) throw new GoYamlRefusal(start, 'too deep');
    const { node, end } = read();
    this.depth -= 1;
    return withProperties(placed(node, start, end), properties);
  }

  private blockList() {
    const node = new YAMLSeq();
    this.scanner.take();
    while (this.scanner.peek().type === 'entry') {
      const { end } = this.scanner.take();
      node.items.push(this.nodeUnless(['entry', 'block end'], end, { block: true }));
    }
    return { node, end: this.blockEnd("did not find expected '-' indicator") };
  }

  private blockEnd(otherwise: "did not find expected '-' indicator" | 'did not find expected key'): number {
    const token = this.scanner.peek();
    if (token.type !== 'block end') throw refusal(token, otherwise);
    return this.scanner.take().end;
  }

  /** A list whose dashes are in the column of the key before it. */
  private indentlessList() {
    const node = new YAMLSeq();
    let { end } = this.scanner.peek();
    while (this.scanner.peek().type === 'entry') {
      end = this.scanner.take().end;
      node.items.push(this.nodeUnless(['entry', 'key', 'value', 'block end'], end, { block: true }));
    }
    return { node, end };
  }

  private blockMap() {
    const node = new YAMLMap();
    this.scanner.take();
    while (this.scanner.peek().type === 'key') {
      const around = ['key', 'value', 'block end'] as const;
      const key = this.nodeUnless(around, this.scanner.take().end, { block: true, indentless: true });
      const next = this.scanner.peek();
      const value =
        next.type === 'value'
          ? this.nodeUnless(around, this.scanner.take().end, { block: true, indentless: true })
          : emptyScalar(next.start);
      node.items.push(new Pair(key, value));
    }
    return { node, end: this.blockEnd('did not find expected key') };
  }

  private flowList() {
    const node = new YAMLSeq();
    node.flow = true;
    this.scanner.take();
    for (let isFirst = true; this.scanner.peek().type !== ']'; isFirst = false) {
      if (!isFirst) this.comma("did not find expected ',' or ']'");
      const token = this.scanner.peek();
      if (token.type === ']') break;
      node.items.push(
        token.type === 'key' ? this.collection(token, {}, () => this.pairInList()) : this.node({ block: false }),
      );
    }
    return { node, end: this.scanner.take().end };
  }

  /** A map of one pair without braces: `[a: b]`. */
  private pairInList() {
    const node = new YAMLMap();
    node.flow = true;
    this.scanner.take();
    const first = this.scanner.peek();
    let key: ParsedNode;
    if (first.type === 'value' || first.type === ',' || first.type === ']') {
      // Whatever comes instead of the key is skipped, as in go-yaml.
      this.scanner.take();
      key = emptyScalar(first.end);
    } else key = this.node({ block: false });
    const value = this.flowValue([',', ']']);
    node.items.push(new Pair(key, value));
    return { node, end: value.range[1] };
  }

  private flowMap() {
    const node = new YAMLMap();
    node.flow = true;
    this.scanner.take();
    for (let isFirst = true; this.scanner.peek().type !== '}'; isFirst = false) {
      if (!isFirst) this.comma("did not find expected ',' or '}'");
      const token = this.scanner.peek();
      if (token.type === '}') break;
      if (token.type === 'key') {
        this.scanner.take();
        const key = this.nodeUnless(['value', ',', '}'], this.scanner.peek().start, { block: false });
        node.items.push(new Pair(key, this.flowValue([',', '}'])));
      } else node.items.push(new Pair(this.node({ block: false }), emptyScalar(this.scanner.peek().start)));
    }
    return { node, end: this.scanner.take().end };
  }

  private flowValue(around: readonly YamlToken['type'][]): ParsedNode {
    const next = this.scanner.peek();
    if (next.type !== 'value') return emptyScalar(next.start);
    return this.nodeUnless(around, this.scanner.take().end, { block: false });
  }

  private comma(otherwise: "did not find expected ',' or ']'" | "did not find expected ',' or '}'"): void {
    const token = this.scanner.peek();
    if (token.type !== ',') throw refusal(token, otherwise);
    this.scanner.take();
  }

  /** A node, or an empty one at an offset if a token of these types shows that it is missing. */
  private nodeUnless(
    types: readonly YamlToken['type'][],
    offset: number,
    kind: { block: boolean; indentless?: boolean },
  ): ParsedNode {
    return types.includes(this.scanner.peek().type) ? emptyScalar(offset) : this.node(kind);
  }
}

function scalarOf(token: YamlToken & { readonly type: 'scalar' }, properties: Properties): ParsedNode {
  const scalar = new Scalar(token.value);
  scalar.type = scalarTypes[token.style];
  scalar.source = token.value;
  return withProperties(placed(scalar, token.start, token.end), properties);
}

function emptyScalar(offset: number): ParsedNode {
  const scalar = new Scalar('');
  scalar.type = 'PLAIN';
  scalar.source = '';
  return placed(scalar, offset, offset);
}

function placed(node: Alias | Scalar | YAMLMap | YAMLSeq, start: number, end: number): ParsedNode {
  node.range = [start, end, end];
  return node as ParsedNode;
}

function withProperties(node: ParsedNode, { anchor, tag }: Properties): ParsedNode {
  return Object.assign(node, anchor === undefined ? {} : { anchor }, tag === undefined ? {} : { tag });
}

function refusal({ start }: YamlToken, because: ConstructorParameters<typeof GoYamlRefusal>[1]): GoYamlRefusal {
  return new GoYamlRefusal(start, because);
}
