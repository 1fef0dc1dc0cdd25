/** Edits of records: every value of every record, one at a time. */
import { isScalar, parseDocument, visit } from 'yaml';

export interface Edit {
  /** `seq-metadata.yaml archives.0.bytes` */
  readonly place: string;
  readonly text: string;
}

/** Another value of the same kind: what a schema alone does not notice. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null) return `sha256:${'0'.repeat(64)}`;
  const text = String(value);
  const digit = text.search(/[0-9a-f](?=[^0-9a-f]*$)/);
  if (/^(sha256:)?[0-9a-f]{64}$/.test(text)) return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
  if (digit !== -1 && /\d/.test(text[digit] ?? ''))
    return text.slice(0, digit) + ((Number(text[digit]) + 1) % 10) + text.slice(digit + 1);
  return `${text}x`;
}

export function editsOfYaml(name: string, text: string): Edit[] {
  const places: (readonly unknown[])[] = [];
  visit(parseDocument(text), {
    Scalar: (key, _, path) => {
      if (key === 'key') return;
      places.push(pathOf([...path], key));
    },
  });
  return places.map((place) => {
    const document = parseDocument(text);
    const value = document.getIn(place, true);
    document.setIn(place, other(isScalar(value) ? value.value : value));
    return { place: `${name} ${place.join('.')}`, text: document.toString({ lineWidth: 0 }) };
  });
}

/** The keys and numbers on the way to a node, out of what `visit` says of it. */
function pathOf(ancestors: readonly unknown[], last: unknown): unknown[] {
  const path: unknown[] = [];
  for (const [at, node] of ancestors.entries()) {
    const next = ancestors[at + 1];
    const items = (node as { items?: unknown[] }).items;
    const key = (node as { key?: { value?: unknown } }).key;
    if (key !== undefined) path.push(key.value);
    else if (Array.isArray(items) && next !== undefined && (next as { key?: unknown }).key === undefined)
      path.push(items.indexOf(next));
  }
  return typeof last === 'number' ? [...path, last] : path;
}

export function editsOfJsonLines(name: string, text: string): Edit[] {
  const lines = text.trimEnd().split('\n');
  return lines.flatMap((line, at) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    return Object.entries(record).map(([key, value]) => {
      const changed = Array.isArray(value) ? value.slice(1) : other(value);
      const edited = lines.with(at, JSON.stringify({ ...record, [key]: changed }));
      return { place: `${name} line ${at + 1} ${key}`, text: `${edited.join('\n')}\n` };
    });
  });
}

/** Each word of each line, each line left out, and each exchanged with the next. */
export function editsOfLines(name: string, text: string): Edit[] {
  const lines = text.trimEnd().split('\n');
  return lines.flatMap((line, at) => {
    if (line.startsWith('#')) return [];
    const words = line.split(/(\s+)/);
    const edits = words.flatMap((word, index) =>
      word.trim() === ''
        ? []
        : [
            {
              place: `${name} line ${at + 1} word ${index / 2 + 1}`,
              lines: lines.with(at, words.with(index, String(other(word))).join('')),
            },
          ],
    );
    const gone = { place: `${name} line ${at + 1} left out`, lines: lines.toSpliced(at, 1) };
    const moved =
      at + 1 < lines.length
        ? [
            {
              place: `${name} line ${at + 1} behind the next`,
              lines: lines.toSpliced(at, 2, lines[at + 1] ?? '', line),
            },
          ]
        : [];
    return [...edits, gone, ...moved].map((edit) => ({ place: edit.place, text: `${edit.lines.join('\n')}\n` }));
  });
}
