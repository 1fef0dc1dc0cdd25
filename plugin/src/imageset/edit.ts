import { isDeepStrictEqual } from 'node:util';
import type { ParsedNode } from 'yaml';
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Json } from '../system/canonical-json';
import { canonicalJson } from '../system/canonical-json';
import { impossible } from '../system/errors';
import { goYaml } from '../yaml/dialect';
import { readGoScalar } from '../yaml/go-scalar';
import type { Place } from '../yaml/placed-value';
import { readPlacedValue } from '../yaml/placed-value';
import { readYamlSource } from '../yaml/source';
import type { ImageSetDocument } from './document';
import { parseImageSet } from './document';

export interface Pin {
  /** The path of a text in the configuration: `['mirror', 'additionalImages', 0, 'name']`. */
  readonly path: readonly PropertyKey[];
  readonly value: string;
}

/** Further items of a list that is there and has some. */
export interface Addition {
  readonly path: readonly PropertyKey[];
  readonly items: readonly Item[];
}

type Item = string | readonly Item[] | { readonly [key: string]: Item };

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text with those values replaced, and everything else, including comments and order, unchanged. A key that is
 * absent from its map (`targetTag` of a catalog, for instance) is added as the map's first. Line ends become `\n`.
 */
export function pinDocument(
  document: ImageSetDocument,
  pins: readonly Pin[],
  additions: readonly Addition[] = [],
): string {
  const text = withPlainLineEnds(document.text);
  const { source } = readYamlSource(text, document.file, goYaml);
  if (source === undefined) throw impossible('a document that was read cannot be read again');
  const { place } = readPlacedValue(source, goYaml);

  const replacements = new Map<number, Replacement>();
  for (const pin of pins) {
    const replacement = replacementFor(pin, place, source.text);
    const other = replacements.get(replacement.from);
    const added = replacement.from === replacement.to && other?.from === other?.to;
    if (other !== undefined && !added && other.text !== replacement.text)
      throw impossible(`two pins for one value: ${document.file}`);
    replacements.set(
      replacement.from,
      added && other !== undefined ? { ...other, text: other.text + replacement.text } : replacement,
    );
  }
  const inserted = additions.flatMap((addition) => insertionFor(addition, place, source.text) ?? []);
  let pinned = source.text;
  for (const { from, to, text: replaced } of [...replacements.values(), ...inserted].sort((a, b) => b.from - a.from)) {
    pinned = pinned.slice(0, from) + replaced + pinned.slice(to);
  }

  const readBack = parseImageSet(pinned, document.file).document?.config;
  if (additions.length === 0) {
    for (const { path, value } of pins) {
      if (!isDeepStrictEqual(valueAt(readBack, path), value))
        throw impossible(`a pin of ${document.file} did not arrive in the text`);
    }
    return pinned;
  }
  // Lists may be shared by anchors, aliases and merges: then the text has to be another one.
  const expected = expectedOf(document, pins, additions);
  return readBack !== undefined && canonicalJson(readBack as Json) === canonicalJson(expected as Json)
    ? pinned
    : `${JSON.stringify(expected, null, 2)}\n`;
}

function expectedOf(
  { config }: ImageSetDocument,
  pins: readonly Pin[],
  additions: readonly Addition[],
): ImageSetDocument['config'] {
  const expected = structuredClone(config);
  for (const { path, value } of pins) {
    const parent = valueAt(expected, path.slice(0, -1)) as Record<PropertyKey, unknown>;
    parent[path.at(-1) as PropertyKey] = value;
  }
  for (const { path, items } of additions) (valueAt(expected, path) as Item[]).push(...items);
  return expected;
}

/** Behind the last item, in the style of the list. `undefined`: what stands at its place is no list. */
function insertionFor({ path, items }: Addition, root: Place, text: string): Replacement | undefined {
  const list = path.reduce<Place | undefined>((place, step) => place?.children.get(step), root)?.node;
  const last = isSeq(list) ? list.items.at(-1) : undefined;
  if (!isSeq(list) || !isNode(last) || last.range == null || list.range == null) return undefined;
  const [, end] = last.range;
  if (list.flow === true) return { from: end, to: end, text: items.map((item) => `, ${inFlow(item)}`).join('') };
  const [start] = list.range;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const lineEnd = text.indexOf('\n', endOf(last) ?? end);
  const at = lineEnd === -1 ? text.length : lineEnd;
  const lines = items.map((item) => `\n${' '.repeat(column)}- ${inFlow(item)}`);
  return { from: at, to: at, text: lines.join('') };
}

/** Where the last text of a node ends, before comments that follow it. */
function endOf(node: unknown): number | undefined {
  if (isMap(node) && node.flow !== true) {
    const pair = node.items.at(-1);
    return endOf(pair?.value) ?? endOf(pair?.key);
  }
  if (isSeq(node) && node.flow !== true) return endOf(node.items.at(-1));
  return isNode(node) ? node.range?.[1] : undefined;
}

function inFlow(item: Item): string {
  if (typeof item === 'string') return inStyleOf(undefined, item);
  if (isList(item)) return `[${item.map(inFlow).join(', ')}]`;
  return `{ ${Object.entries(item)
    .map(([key, value]) => `${key}: ${inFlow(value)}`)
    .join(', ')} }`;
}

function isList(item: Item): item is readonly Item[] {
  return Array.isArray(item);
}

/** A configuration's text for another folder: unchanged, comments included, with plain line ends and one at its end. */
export function copyOfText(text: string): string {
  const copy = withPlainLineEnds(text);
  return copy.endsWith('\n') ? copy : `${copy}\n`;
}

function withPlainLineEnds(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

function replacementFor({ path, value }: Pin, root: Place, text: string): Replacement {
  const key = path.at(-1) as PropertyKey;
  const parent = path.slice(0, -1).reduce<Place | undefined>((place, step) => place?.children.get(step), root);
  const place = parent?.children.get(key);
  if (place?.node != null) {
    const [from, to] = place.node.range;
    const written = inStyleOf(place.node, value);
    const isBlock = isScalar(place.node) && (place.node.type === 'BLOCK_LITERAL' || place.node.type === 'BLOCK_FOLDED');
    return {
      from,
      to,
      text: isBlock && text[to - 1] === '\n' ? `${written}\n` : from === to ? ` ${written}` : written,
    };
  }
  const map = parent?.node;
  const first = isMap(map) ? map.items[0]?.key : undefined;
  if (!isMap(map) || !isScalar(first) || first.range == null) throw impossible(`no map to pin in: ${path.join('.')}`);
  const [from] = first.range;
  const column = from - (text.lastIndexOf('\n', from - 1) + 1);
  const after = map.flow === true ? ', ' : `\n${' '.repeat(column)}`;
  return { from, to: from, text: `${String(key)}: ${inStyleOf(undefined, value)}${after}` };
}

// Quoted as before, so that formatters find nothing to change; without quotes only if that is safe.
function inStyleOf(node: ParsedNode | undefined, value: string): string {
  const style = isScalar(node) ? node.type : 'PLAIN';
  if (style === 'QUOTE_SINGLE' && !/[^ -~]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^[A-Za-z0-9][\w./@-]*(?::[\w./@-]+)*$/.test(value) && readGoScalar(value) === value;
  return style !== 'QUOTE_DOUBLE' && isPlain ? value : JSON.stringify(value);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}
