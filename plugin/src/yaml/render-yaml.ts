import type { Scalar, YAMLMap } from 'yaml';
import { Document, isMap, isScalar, stringify, visit } from 'yaml';

/** Comments by the path of their key, `archives` or `changes.added`: on the line above it, or at the end of its line. */
export interface YamlComments {
  readonly head?: readonly string[] | undefined;
  readonly above?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly beside?: Readonly<Record<string, string>> | undefined;
}

// Text in YAML 1.2, a date in YAML 1.1: both are right.
const timestamp = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/;

// Texts that every reader takes for texts, so that the slow library need not be asked: most names, digests and
// references.
const words = /^[a-z][\w./@+-]*(?:[: ][\w./@+-]+)*$/i;
const valueWord = /^(?:y|yes|n|no|on|off|true|false|null|e[-+]?\d+)$/i;

/**
 * A value as YAML text that prettier leaves alone whatever its settings for quotes: no string is quoted. A text that
 * cannot be plain becomes a literal block. Lists are block lists; `flow` names the maps that stay on one line.
 */
export function renderYaml(value: unknown, comments: YamlComments = {}, flow: readonly string[] = []): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (key, scalar) => {
      if (key !== 'key' && typeof scalar.value === 'string') scalar.type = scalarType(scalar.value);
    },
  });
  if (comments.head !== undefined) document.commentBefore = comments.head.map((line) => ` ${line}`).join('\n');
  for (const [path, lines] of Object.entries(comments.above ?? {})) {
    const key = pairAt(document, path)?.key;
    if (key !== undefined) key.commentBefore = lines.map((line) => ` ${line}`).join('\n');
  }
  for (const [path, comment] of Object.entries(comments.beside ?? {})) {
    const value = pairAt(document, path)?.value;
    if (isScalar(value)) value.comment = ` ${comment}`;
  }
  for (const path of flow) {
    const value = pairAt(document, path)?.value;
    if (isMap(value)) value.flow = true;
  }
  return document.toString({ lineWidth: 0 });
}

// Strings that a YAML 1.1 reader (PyYAML, Go's v2) would take for something else are not plain either.
function scalarType(text: string): Scalar.Type {
  if (timestamp.test(text) || (words.test(text) && !valueWord.test(text))) return 'PLAIN';
  const plain = stringify(text, { lineWidth: 0, compat: 'yaml-1.1' }) === `${text}\n`;
  return plain ? 'PLAIN' : 'BLOCK_LITERAL';
}

function pairAt(document: Document, path: string): { key: Scalar; value: unknown } | undefined {
  const keys = path.split('.');
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const pair = isMap(parent)
    ? (parent as YAMLMap).items.find(({ key }) => isScalar(key) && key.value === keys.at(-1))
    : undefined;
  return pair as { key: Scalar; value: unknown } | undefined;
}
