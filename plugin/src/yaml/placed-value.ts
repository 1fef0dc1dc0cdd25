/**
 * The plain value of a YAML document together with the place of each of its parts. Aliases and merge keys (`<<`) are
 * expanded by copying, within a limit on the number of values, so that a few lines cannot stand for billions.
 */
import type { Alias, ParsedNode, YAMLMap } from 'yaml';
import { isAlias, isScalar, isSeq } from 'yaml';
import type { Position } from '../system/errors';
import type { YamlDialect } from './dialect';
import { isPlain } from './dialect';
import type { YamlProblem, YamlSource } from './source';

const mostValues = 200_000;

export interface Place {
  /** Where the value is written; for an alias, where the anchored value is. */
  readonly offset: number;
  /** Where its key is written; for entries of lists, the value. */
  readonly keyOffset: number;
  /** The node at this place itself: to replace a scalar or an alias, replace this. */
  readonly node: ParsedNode | null;
  /** A plain scalar as it was written: `4.10` where the value is 4.1. */
  readonly written?: string | undefined;
  readonly children: ReadonlyMap<PropertyKey, Place>;
}

export interface PlacedValue {
  readonly value: unknown;
  readonly place: Place;
  readonly problems: readonly YamlProblem[];
  /** Keys that a map and a map merged into it (`<<`) both have. */
  readonly mergedTwice: readonly MergedTwice[];
}

export interface MergedTwice {
  readonly name: string;
  /** The place of the later of the two: the key, or the `<<` that adds it. Its value counts. */
  readonly at: Position;
}

const noChildren: Place['children'] = new Map();

type ReadValue = Pick<PlacedValue, 'value' | 'place'>;

/** The value of a document, with the problems in it, in the order of the text. */
export function readPlacedValue(source: YamlSource, dialect: YamlDialect): PlacedValue {
  const problems: YamlProblem[] = [];
  const mergedTwice: MergedTwice[] = [];
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
      return { value: null, place: { ...here, children: noChildren } };
    }
    if (node === null) return { value: null, place: { ...here, children: noChildren } };
    if (isAlias(node)) return readAlias(node, place.keyOffset, here.node as ParsedNode);
    if (node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
    checkTag(node);
    if (isScalar(node)) {
      const written = isPlain(node) ? node.source : undefined;
      return { value: dialect.valueOf(node), place: { ...here, written, children: noChildren } };
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
    return { value: null, place: { offset: alias.range[0], keyOffset, node: itself, children: noChildren } };
  };

  const readList = (items: readonly ParsedNode[]) => {
    const readings = items.map((item) => read(item, { keyOffset: item.range[0] }));
    return {
      value: readings.map(({ value }) => value),
      children: new Map(readings.map(({ place }, index) => [index, place])),
    };
  };

  const readMap = (map: YAMLMap<ParsedNode, ParsedNode | null>) => {
    const all = new Map<string, ReadValue>();
    const own = new Set<string>();
    // As in oc-mirror 4.19 and 4.20 the later one counts, whether it is merged or the map's own.
    const set = (name: string, reading: ReadValue, keyOffset: number): void => {
      if (all.has(name)) mergedTwice.push({ name, at: source.at(keyOffset) });
      all.set(name, reading);
    };
    for (const { key, value } of map.items) {
      const keyOffset = key.range[0];
      checkTag(key);
      const name = nameOf(key, anchors, dialect);
      if (name === undefined) {
        problems.push({ kind: 'unusable key', at: source.at(keyOffset) });
        continue;
      }
      const reading = read(value, { keyOffset });
      if (expandsAliases && name === '<<' && isScalar(key) && isPlain(key)) {
        for (const [inherited, child] of mergedInto(reading)) set(inherited, child, keyOffset);
      } else if (own.has(name)) problems.push({ kind: 'key twice', at: source.at(keyOffset), name });
      else {
        own.add(name);
        set(name, reading, keyOffset);
      }
    }
    const value: Record<string, unknown> = {};
    for (const [name, reading] of all) define(value, name, reading.value);
    return { value, children: new Map([...all].map(([name, { place }]) => [name, place])) };
  };

  // In a list of maps the first comes last, so it decides.
  const mergedInto = ({ value, place }: ReadValue): readonly (readonly [string, ReadValue])[] => {
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => mergedInto({ value: item, place: place.children.get(index)! })).reverse();
    }
    if (typeof value !== 'object' || value === null) {
      problems.push({ kind: 'unusable key', at: source.at(place.keyOffset) });
      return [];
    }
    const values = value as Record<string, unknown>;
    return [...place.children].map(([name, child]) => [
      name as string,
      { value: values[name as string], place: child },
    ]);
  };

  const checkTag = (node: ParsedNode): void => {
    if (!expandsAliases || isAlias(node) || node.tag === undefined) return;
    const fitting = isScalar(node) ? 'str' : isSeq(node) ? 'seq' : 'map';
    if (node.tag !== `tag:yaml.org,2002:${fitting}`)
      problems.push({ kind: 'unusable tag', at: source.at(node.range[0]) });
  };

  const { value, place } = read(source.root, { keyOffset: 0 });
  return { value, place, problems, mergedTwice };
}

/** The text of a key; `undefined` for one that is a list, a map or, to Go, empty. */
function nameOf(key: ParsedNode, anchors: Map<string, ParsedNode>, dialect: YamlDialect): string | undefined {
  if (!isAlias(key) && key.anchor !== undefined) anchors.set(key.anchor, key);
  const scalar = isAlias(key) ? anchors.get(key.source) : key;
  if (!isScalar(scalar) || (dialect.expandsAliases && dialect.valueOf(scalar) === null)) return undefined;
  return String(scalar.value);
}

// `__proto__` is an ordinary key here, and must not become a prototype.
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The place at a path, or of its nearest parent if the path leads nowhere. */
export function placeAt(root: Place, path: readonly PropertyKey[]): Place {
  let place = root;
  for (const key of path) {
    const child = place.children.get(key);
    if (child === undefined) return place;
    place = child;
  }
  return place;
}
