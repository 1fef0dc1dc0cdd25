import type { Finding } from '../system/errors';
import { errorOfFindings, impossible, inOrderOfTheFile } from '../system/errors';
import { goYaml } from '../yaml/dialect';
import { readPlainYaml } from '../yaml/plain-yaml';
import type { MergedTwice } from '../yaml/placed-value';
import { readPlacedValue } from '../yaml/placed-value';
import type { Positions } from '../yaml/positions';
import { positionsIn } from '../yaml/positions';
import { readYamlSource } from '../yaml/source';
import { keyMergedTwice } from './lints';
import { hasUnsafeText, rulesBroken, unsafeTexts } from './rules/rules';

import type { ImageSetConfiguration } from './schema';
import { plainShape, readShape } from './shape';
import { yamlProblem } from './yaml-errors';

/** An imageset configuration in a file: the text, its parsed value, and the place of each value in the text. */
export interface ImageSetDocument {
  /** For messages, as people know it: `mirror/content/seq1-baseline/imageset-config.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly config: ImageSetConfiguration;
  /** Keys that `<<` adds a second time: oc-mirror 4.21 and later refuse a file with one. */
  readonly mergedTwice: readonly MergedTwice[];
  /** Line and column, from 1, of the value at a path such as `['mirror', 'operators', 0, 'catalog']`; of its nearest parent if absent. */
  positionOf(path: readonly PropertyKey[]): { readonly line: number; readonly column: number };
}

/**
 * Reads and checks an imageset configuration. Never throws. Findings are in the order of the file: errors where
 * oc-mirror would refuse or fail, warnings where it would do what people hardly intended. Without a document, the text
 * does not have the shape of a configuration; with one, it may still break a rule.
 */
export function parseImageSet(
  text: string,
  file: string,
): { document?: ImageSetDocument | undefined; findings: readonly Finding[] } {
  const { document, positions, findings } = parseShape(text, file);
  if (document === undefined) return { findings };
  return { document, findings: inOrderOfTheFile([...findings, ...rulesBroken(document.config, positions)]) };
}

type ShapeReading =
  | { readonly document: ImageSetDocument; readonly positions: Positions; readonly findings: readonly Finding[] }
  | { readonly document?: undefined; readonly positions?: undefined; readonly findings: readonly Finding[] };

function parseShape(text: string, file: string): ShapeReading {
  const read = readYamlSource(text, file, goYaml);
  if (read.source === undefined) return { findings: read.problems.map((problem) => yamlProblem(problem, file)) };
  const { value, place, problems, mergedTwice } = readPlacedValue(read.source, goYaml);
  if (problems.length > 0) return { findings: inOrderOfTheFile(problems.map((problem) => yamlProblem(problem, file))) };
  const positions = positionsIn(read.source, place);
  const unsafe = unsafeTexts(value, positions);
  const { config, findings: misshapen } = readShape(value, positions);
  if (config === undefined) return { findings: inOrderOfTheFile([...unsafe, ...misshapen]) };

  const document: ImageSetDocument = {
    file,
    text,
    config,
    mergedTwice,
    positionOf: (path) => {
      const { line = 1, column = 1 } = positions.at(path);
      return { line, column };
    },
  };
  const findings = [...unsafe, ...misshapen, ...mergedTwice.map(keyMergedTwice)];
  return { document, positions, findings: inOrderOfTheFile(findings) };
}

/**
 * The configuration, if it has no error. Warnings are ignored: `parseImageSet` returns them.
 *
 * @throws SEQ0101 to SEQ0116: the first in the file, with the others
 */
export function requireImageSet(text: string, file: string): ImageSetDocument {
  return withoutErrors(parseImageSet(text, file));
}

/**
 * The configuration of a sealed sequence, or its pinned record. Its rules were checked when it was sealed, and the seal
 * shows any change since; so only its shape is read, in half the time.
 *
 * @throws SEQ0101 to SEQ0116 for a text without the shape of a configuration
 */
export function requireRecordedImageSet(text: string, file: string): ImageSetDocument {
  return readPlainly(text, file) ?? withoutErrors(parseShape(text, file));
}

/** A document that is written plainly and has nothing wrong with its shape. */
function readPlainly(text: string, file: string): ImageSetDocument | undefined {
  const value = text.length > goYaml.longest ? undefined : readPlainYaml(text, goYaml.plainScalar);
  if (value === undefined || hasUnsafeText(value)) return undefined;
  const config = plainShape(value);
  if (config === undefined) return undefined;
  const positionOf: ImageSetDocument['positionOf'] = (path) => withoutErrors(parseShape(text, file)).positionOf(path);
  return { file, text, config, mergedTwice: [], positionOf };
}

function withoutErrors({
  document,
  findings,
}: {
  document?: ImageSetDocument | undefined;
  findings: readonly Finding[];
}): ImageSetDocument {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw errorOfFindings(errors);
  if (document === undefined) throw impossible('a text that is no document, and nothing wrong with it');
  return document;
}
