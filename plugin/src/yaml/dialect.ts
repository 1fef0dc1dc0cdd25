import type { Scalar } from 'yaml';
import { readGoScalar } from './go-scalar';

/** How a text is read as YAML, and how much of it. */
export interface YamlDialect {
  readonly composer: { readonly version: '1.1' | '1.2'; readonly schema: 'failsafe' | 'core' };
  /** The length that is bounded: bytes or characters. */
  lengthOf(text: string): number;
  readonly longest: number;
  /** Problems of one kind that are told, at most. */
  readonly mostProblems: number;
  /** What a scalar means. */
  valueOf(scalar: Scalar.Parsed): unknown;
  /** Whether aliases and merge keys are expanded, and anchors and tags checked as Go's reader does; else aliases are refused. */
  readonly expandsAliases: boolean;
}

/** The files that seqmirror has: YAML 1.2 without aliases, which could make a few lines into gigabytes. */
export function ownYaml({ maxCharacters }: { readonly maxCharacters: number }): YamlDialect {
  return {
    composer: { version: '1.2', schema: 'core' },
    lengthOf: (text) => text.length,
    longest: maxCharacters,
    mostProblems: 100,
    valueOf: ({ value }) => value,
    expandsAliases: false,
  };
}

/** Imageset configurations, as oc-mirror reads them: YAML 1.1 by go.yaml.in/yaml/v2. */
export const goYaml: YamlDialect = {
  composer: { version: '1.1', schema: 'failsafe' },
  lengthOf: (text) => Buffer.byteLength(text),
  longest: 1024 * 1024,
  mostProblems: 1,
  valueOf: (scalar) => (isPlain(scalar) ? readGoScalar(scalar.source) : scalar.value),
  expandsAliases: true,
};

/** Whether a scalar is written without quotes and without a tag that makes it a text. */
export function isPlain({ type, tag }: Scalar.Parsed): boolean {
  return type === 'PLAIN' && tag !== 'tag:yaml.org,2002:str';
}
