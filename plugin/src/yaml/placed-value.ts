/**
 * The plain value of a YAML document together with the place of each of its parts. Aliases and merge keys (`<<`) are
 * expanded by copying, within a limit on the number of values, so that a few lines cannot stand for billions.
 */
import type { Alias, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { isAlias, isScalar, isSeq } from 'yaml';
import type { YamlDialect } from './dialect';
import { isPlain } from './dialect';
import type { YamlProblem, YamlSource } from './source';

const mostValues = 200_000;

export interface Place {
  /** Where the value is written; behind an alias, where the anchored value is. */
  readonly offset: number;
  /** Where its key is written, or for entries of lists the value. */
  readonly keyOffset: number;
  /** What stands at this place itself: a scalar or an alias is replaced by replacing this. */
  readonly node: ParsedNode | null;
  /** Of a plain scalar, as written: `4.10` where the value is 4.1. */
  readonly written?: string | undefined;
  readonly children: ReadonlyMap<PropertyKey, Place>;
}

export interface PlacedValue {
  readonly value: unknown;
  readonly place: Place;
  readonly problems: readonly YamlProblem[];
}

type ReadValue = Omit<PlacedValue, 'problems'>;

/** The value of a document, with what is wrong in it, in the order of the text. */
export function readPlacedValue(source: YamlSource, dialect: YamlDialect): PlacedValue {
  const problems: YamlProblem[] = [];
  const { expandsAliases } = dialect;
  const anchors = new Map<string, ParsedNode>();
  const open = new Set<ParsedNode>();
  let values = 0;

  const read = (node: ParsedNode | null, place: { keyOffset: number; itself?: ParsedNode | undefined }): ReadValue => {
    values += 1;
    const offset = node?.range[0] ?? place.keyOffset;
    const here = { offset, keyOffset: place.keyOffset, node: place.itself ?? node };
    if (expandsAliases && values > mostValues) {
      if (values === mostValues + 1)
        problems.push({ kind: 'too many values', at: source.at(place.keyOffset), limit: mostValues });
      return { value: null, place: { ...here, children: new Map() } };
    }
    if (node === null) return { value: null, place: { ...here, children: new Map() } };
    if (isAlias(node)) return readAlias(node, place.keyOffset, here.node as ParsedNode);
    if (node.anchor !== undefined) {
      anchors.set(node.anchor, node);
      if (expandsAliases && !/^[\w-]+$/.test(node.anchor))
        problems.push({ kind: 'unusable anchor', at: source.at(offset) });
    }
    if (expandsAliases && node.tag !== undefined && !ordinaryTags.has(node.tag))
      problems.push({ kind: 'unusable tag', at: source.at(offset) });
    if (isScalar(node)) {
      const written = isPlain(node) ? node.source : undefined;
      return { value: dialect.valueOf(node), place: { ...here, written, children: new Map() } };
    }
    open.add(node);
    const reading = isSeq(node)
      ? readList(node.items as ParsedNode[])
      : readMap(node as YAMLMap<ParsedNode, ParsedNode | null>);
    open.delete(node);
    return { value: reading.value, place: { ...here, children: reading.children } };
  };

  const readAlias = (alias: Alias.Parsed, keyOffset: number, itself: ParsedNode): ReadValue => {
    const target = anchors.get(alias.source);
    const at = source.at(alias.range[0]);
    if (!expandsAliases) problems.push({ kind: 'alias', at, name: alias.source });
    else if (target !== undefined && !open.has(target)) return read(target, { keyOffset, itself });
    else problems.push({ kind: target === undefined ? 'alias without anchor' : 'alias within its anchor', at });
    return { value: null, place: { offset: alias.range[0], keyOffset, node: itself, children: new Map() } };
  };

  const readList = (items: readonly ParsedNode[]) => {
    const readings = items.map((item) => read(item, { keyOffset: item.range[0] }));
    return {
      value: readings.map(({ value }) => value),
      children: new Map(readings.map(({ place }, index) => [index, place])),
    };
  };

  const readMap = (map: YAMLMap<ParsedNode, ParsedNode | null>) => {
    const own = new Map<string, ReadValue>();
    const merged = new Map<string, ReadValue>();
    for (const { key, value } of map.items) {
      const name = nameOf(key, anchors);
      const keyOffset = key.range[0];
      if (name === undefined) {
        problems.push({ kind: 'unusable key', at: source.at(keyOffset) });
        continue;
      }
      const reading = read(value, { keyOffset });
      if (expandsAliases && name === '<<' && isScalar(key) && key.type === 'PLAIN') merge(reading, merged);
      else if (own.has(name)) problems.push({ kind: 'key twice', at: source.at(keyOffset), name });
      else own.set(name, reading);
    }
    const all = new Map([...merged, ...own]);
    const value: Record<string, unknown> = {};
    for (const [name, reading] of all) define(value, name, reading.value);
    return { value, children: new Map([...all].map(([name, { place }]) => [name, place])) };
  };

  const merge = ({ value, place }: ReadValue, merged: Map<string, ReadValue>): void => {
    if (Array.isArray(value)) {
      // The first of a list of maps wins.
      value.forEach((item, index) => merge({ value: item, place: place.children.get(index)! }, merged));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of place.children) {
        const inherited = (value as Record<string, unknown>)[name as string];
        if (!merged.has(name as string)) merged.set(name as string, { value: inherited, place: child });
      }
    } else {
      problems.push({ kind: 'unusable key', at: source.at(place.keyOffset) });
    }
  };

  const { value, place } = read(source.root, { keyOffset: 0 });
  return { value, place, problems };
}

const ordinaryTags = new Set(['str', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

function nameOf(key: ParsedNode, anchors: Map<string, ParsedNode>): string | undefined {
  if (!isScalar(key)) return undefined;
  if (key.anchor !== undefined) anchors.set(key.anchor, key as Scalar.Parsed);
  return String(key.value);
}

// `__proto__` is a key like any other here, and must not become a prototype.
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The place at a path, or of its nearest parent where the path leads nowhere. */
export function placeAt(root: Place, path: readonly PropertyKey[]): Place {
  let place = root;
  for (const key of path) {
    const child = place.children.get(key);
    if (child === undefined) return place;
    place = child;
  }
  return place;
}
