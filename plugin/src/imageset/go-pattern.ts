/**
 * Regular expressions of Go (RE2 syntax, https://pkg.go.dev/regexp/syntax), which `blockedImages` are. RE2JS is a port of
 * Go's own: it refuses what Go refuses (look-around, back references, stacked repetition) and matches in linear time.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';

const longestPattern = 4096;

export type GoPattern =
  | { readonly matches: (text: string) => boolean; readonly problem?: undefined }
  /** Why the text is not a regular expression of Go, in a few words that do not repeat it. */
  | { readonly problem: string; readonly matches?: undefined };

export function readGoPattern(pattern: string): GoPattern {
  if (pattern.length > longestPattern) return { problem: `it is longer than ${longestPattern} characters` };
  try {
    const expression = RE2JS.compile(pattern);
    return { matches: (text) => expression.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const words = error.getDescription();
    return { problem: plainer[words] ?? words };
  }
}

/** Plainer words for Go's terms. */
const plainer: Readonly<Record<string, string>> = {
  'invalid or unsupported Perl syntax': 'Go does not support this group with (?, for example look-around',
  'invalid named capture': 'Go does not support this group with (?<, for example look-behind',
  'invalid escape sequence': 'Go does not support this backslash escape, for example a back reference',
  'invalid nested repetition operator': 'a repetition follows another one',
  'missing argument to repetition operator': 'there is nothing to repeat before a repetition',
  'invalid repeat count': 'a repetition is larger than 1000, or its first bound is larger than its second',
};
