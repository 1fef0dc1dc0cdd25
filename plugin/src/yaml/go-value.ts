/**
 * A YAML document as a value of JSON, as sigs.k8s.io/yaml makes it for programs of Kubernetes: keys become texts, of keys
 * that are there twice the last counts, `<<` merges. Called for catalogs; imageset configurations need places as well and
 * are read by placed-value.ts.
 */
import type { Alias, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { isAlias, isScalar, isSeq } from 'yaml';
import { goYaml } from './dialect';
import { readGoYaml } from './go-yaml/go-yaml';

export interface GoValueLimits {
  readonly depth: number;
  /** With what aliases repeat. */
  readonly values: number;
}

export type GoValue =
  | { readonly value: unknown; readonly refused?: undefined }
  /** Why, and at which character of the text. */
  | { readonly refused: string; readonly offset: number };

/** The first document of a text; null where it says nothing. What comes behind it is not looked at, as in Go. */
export function readGoValue(text: string, limits: GoValueLimits): GoValue {
  const control = text.search(goYaml.unprintable);
  if (control !== -1) return { refused: 'it contains a control character', offset: control };
  const { root, refused } = readGoYaml(text, { deepest: limits.depth });
  if (refused !== undefined) {
    const why = refused.kind === 'too deep' ? `it is nested more than ${limits.depth} levels deep` : refused.problem;
    return { refused: why, offset: refused.offset };
  }
  try {
    return { value: root === null ? null : new ValueReader(limits).read(root) };
  } catch (error) {
    if (error instanceof Unreadable) return { refused: error.message, offset: error.offset };
    throw error;
  }
}

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    why: string,
  ) {
    super(why);
  }
}

const standardTag = 'tag:yaml.org,2002:';

class ValueReader {
  private readonly anchors = new Map<string, ParsedNode>();
  private readonly open = new Set<ParsedNode>();
  private values = 0;

  constructor(private readonly limits: GoValueLimits) {}

  read(node: ParsedNode | null): unknown {
    if (node === null) return null;
    this.values += 1;
    if (this.values > this.limits.values)
      throw new Unreadable(node.range[0], `it has more than ${this.limits.values} values, with all aliases expanded`);
    if (isAlias(node)) return this.readAlias(node);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    const fitting = isScalar(node) ? 'str' : isSeq(node) ? 'seq' : 'map';
    if (node.tag !== undefined && node.tag !== `${standardTag}${fitting}`)
      throw new Unreadable(node.range[0], 'it contains a YAML tag that is not supported');
    if (isScalar(node)) return numberOfJson(node, goYaml.valueOf(node));
    this.open.add(node);
    const value = isSeq(node)
      ? (node.items as ParsedNode[]).map((item) => this.read(item))
      : this.readMap(node as YAMLMap<ParsedNode, ParsedNode | null>);
    this.open.delete(node);
    return value;
  }

  private readAlias(alias: Alias.Parsed): unknown {
    const target = this.anchors.get(alias.source);
    if (target === undefined) throw new Unreadable(alias.range[0], 'it contains an alias without an anchor');
    if (this.open.has(target)) throw new Unreadable(alias.range[0], 'it contains an alias inside its own anchor');
    return this.read(target);
  }

  private readMap({ items }: YAMLMap<ParsedNode, ParsedNode | null>): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const isMerge = isScalar(key) && key.source === '<<' && key.type === 'PLAIN' && key.tag === undefined;
      if (isMerge) for (const [name, each] of this.merged(key, this.read(value))) define(map, name, each);
      else define(map, this.nameOf(key), this.read(value));
    }
    return map;
  }

  /** In a list of maps the first comes last, so it decides. */
  private merged(key: ParsedNode, value: unknown): readonly (readonly [string, unknown])[] {
    if (Array.isArray(value)) return value.flatMap((each) => this.merged(key, each)).reverse();
    if (typeof value !== 'object' || value === null)
      throw new Unreadable(key.range[0], 'it contains a `<<` that does not merge a map');
    return Object.entries(value);
  }

  private nameOf(key: ParsedNode): string {
    const name = this.read(key);
    if (name === null || typeof name === 'object')
      throw new Unreadable(key.range[0], 'it contains a key that is not a text');
    return String(name);
  }
}

function numberOfJson(node: Scalar.Parsed, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Unreadable(node.range[0], 'it contains a number that JSON cannot represent');
  return value;
}

// `__proto__` is a key like any other here, and must not become a prototype.
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}
