/**
 * The plain value of a YAML document together with the place of each of its parts. Aliases and merge keys (`<<`) are
 * expanded by copying, within a limit on the number of values, so that a few lines cannot stand for billions.
 */
import type { Alias, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { isAlias, isScalar, isSeq } from 'yaml';
import type { Finding } from '../system/errors';
import {
  aliasWithoutAnchor,
  anchorUnusable,
  keyUnusable,
  keyWrittenTwice,
  tagRefused,
  tooManyValues,
} from './yaml-errors';
import { readPlainScalar } from './yaml-scalar';
import type { YamlSource } from './yaml-source';

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
  readonly findings: readonly Finding[];
}

type Reading = Omit<PlacedValue, 'findings'>;

export function readPlacedValue(source: YamlSource): PlacedValue {
  const findings: Finding[] = [];
  const anchors = new Map<string, ParsedNode>();
  const open = new Set<ParsedNode>();
  let values = 0;

  const read = (node: ParsedNode | null, place: { keyOffset: number; itself?: ParsedNode | undefined }): Reading => {
    values += 1;
    const offset = node?.range[0] ?? place.keyOffset;
    const here = { offset, keyOffset: place.keyOffset, node: place.itself ?? node };
    if (values > mostValues) {
      if (values === mostValues + 1)
        findings.push(tooManyValues({ at: source.at(place.keyOffset), limit: mostValues }));
      return { value: null, place: { ...here, children: new Map() } };
    }
    if (node === null) return { value: null, place: { ...here, children: new Map() } };
    if (isAlias(node)) return readAlias(node, place.keyOffset, here.node as ParsedNode);
    if (node.anchor !== undefined) {
      anchors.set(node.anchor, node);
      if (!/^[\w-]+$/.test(node.anchor)) findings.push(anchorUnusable({ at: source.at(offset) }));
    }
    if (node.tag !== undefined && !ordinaryTags.has(node.tag)) findings.push(tagRefused({ at: source.at(offset) }));
    if (isScalar(node)) {
      const plain = node.type === 'PLAIN' && node.tag !== 'tag:yaml.org,2002:str';
      const written = plain ? { written: node.source } : {};
      return {
        value: plain ? readPlainScalar(node.source) : node.value,
        place: { ...here, ...written, children: new Map() },
      };
    }
    open.add(node);
    const reading = isSeq(node)
      ? readList(node.items as ParsedNode[])
      : readMap(node as YAMLMap<ParsedNode, ParsedNode | null>);
    open.delete(node);
    return { value: reading.value, place: { ...here, children: reading.children } };
  };

  const readAlias = (alias: Alias.Parsed, keyOffset: number, itself: ParsedNode): Reading => {
    const target = anchors.get(alias.source);
    if (target !== undefined && !open.has(target)) return read(target, { keyOffset, itself });
    findings.push(aliasWithoutAnchor({ at: source.at(alias.range[0]), itself: target !== undefined }));
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
    const own = new Map<string, Reading>();
    const merged = new Map<string, Reading>();
    for (const { key, value } of map.items) {
      const name = nameOf(key, anchors);
      const keyOffset = key.range[0];
      if (name === undefined) {
        findings.push(keyUnusable({ at: source.at(keyOffset) }));
        continue;
      }
      const reading = read(value, { keyOffset });
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') merge(reading, merged);
      else if (own.has(name)) findings.push(keyWrittenTwice({ at: source.at(keyOffset), key: name }));
      else own.set(name, reading);
    }
    const all = new Map([...merged, ...own]);
    const value: Record<string, unknown> = {};
    for (const [name, reading] of all) define(value, name, reading.value);
    return { value, children: new Map([...all].map(([name, { place }]) => [name, place])) };
  };

  const merge = ({ value, place }: Reading, merged: Map<string, Reading>): void => {
    if (Array.isArray(value)) {
      // The first of a list of maps wins.
      value.forEach((item, index) => merge({ value: item, place: place.children.get(index)! }, merged));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of place.children) {
        const inherited = (value as Record<string, unknown>)[name as string];
        if (!merged.has(name as string)) merged.set(name as string, { value: inherited, place: child });
      }
    } else {
      findings.push(keyUnusable({ at: source.at(place.keyOffset) }));
    }
  };

  const { value, place } = read(source.root, { keyOffset: 0 });
  return { value, place, findings };
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
