import type { Scalar } from 'yaml';
import { readGoScalar } from './go-scalar';
import { readGoYaml } from './go-yaml/go-yaml';
import type { Composition } from './library';
import { composeByLibrary } from './library';
import type { PlainScalar } from './plain-yaml';

/** How a text is read as YAML, and how much of it. */
export interface YamlDialect {
  /** The nodes of the single document in a text. */
  compose(text: string): Composition;
  /** Characters that a text may not contain. */
  readonly unprintable: RegExp;
  /** The length that is limited: bytes or characters. */
  lengthOf(text: string): number;
  readonly longest: number;
  /** The value of a scalar. */
  valueOf(scalar: Scalar.Parsed): unknown;
  /** The same for an unquoted one that begins with a letter, a digit or a slash; `undefined` if it takes a closer look. */
  plainScalar: PlainScalar;
  /**
   * Whether aliases and merge keys are expanded, and anchors and tags checked as Go's reader does; else aliases are refused.
   */
  readonly expandsAliases: boolean;
}

/** For seqmirror's own files: YAML 1.2 without aliases, with which a few lines could become gigabytes. */
export function ownYaml({ maxCharacters }: { readonly maxCharacters: number }): YamlDialect {
  return {
    compose: composeByLibrary,
    unprintable:
      // eslint-disable-next-line no-control-regex -- control characters are what this looks for
      /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]|\p{Surrogate}/u,
    lengthOf: (text) => text.length,
    longest: maxCharacters,
    valueOf: ({ value }) => value,
    plainScalar: plainScalarOf12,
    expandsAliases: false,
  };
}

/** Imageset configurations, as oc-mirror reads them: YAML 1.1 by go.yaml.in/yaml/v2. */
export const goYaml: YamlDialect = {
  compose: composeByGo,
  // readerc.go: a byte order mark may stand anywhere.
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  unprintable: /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|\p{Surrogate}/u,
  lengthOf: (text) => Buffer.byteLength(text),
  longest: 1024 * 1024,
  valueOf: (scalar) => (isPlain(scalar) ? readGoScalar(scalar.source) : scalar.value),
  plainScalar: readGoScalar,
  expandsAliases: true,
};

/** The core schema of YAML 1.2: what is neither a usual number nor like any number, nor one of its words, is a text. */
function plainScalarOf12(source: string): unknown {
  if (source === 'true' || source === 'false') return source === 'true';
  if (source === 'null') return null;
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(source)) return Number(source);
  return /^(?:0[ox][0-9a-f]*|[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?|true|false|null)$/i.test(source) ? undefined : source;
}

function composeByGo(text: string): Composition {
  const { root, second, refused } = readGoYaml(text);
  if (refused !== undefined) return { problems: [refused] };
  return second === undefined ? { root } : { problems: [{ kind: 'second document', offset: second }] };
}

/** Whether a scalar is written without quotes and without a tag that makes it a text. */
export function isPlain({ type, tag }: Scalar.Parsed): boolean {
  return type === 'PLAIN' && tag !== 'tag:yaml.org,2002:str';
}
