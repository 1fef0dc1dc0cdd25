/**
 * What a plain (unquoted) scalar means to oc-mirror, which reads YAML 1.1 by go.yaml.in/yaml/v2 (resolve.go there):
 * `yes` is true, `0o17` and `017` are 15, `1_000` is 1000, base 60 and timestamps are texts.
 */
export type ScalarValue = string | number | boolean | null;

const words: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...spellings(['y', 'yes', 'true', 'on'], true),
  ...spellings(['n', 'no', 'false', 'off'], false),
  ...spellings(['null', '~', ''], null),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF'].flatMap((word) => [
    [word, Infinity] as const,
    [`+${word}`, Infinity] as const,
    [`-${word}`, -Infinity] as const,
  ]),
]);

// Looking up a long text costs as much as reading it.
const longestWord = 5;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

export function readGoScalar(source: string): ScalarValue {
  const word = source.length > longestWord ? undefined : words.get(source);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(source)) return source;
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '');
  const whole = integer.exec(plain);
  if (whole !== null) return Number(`${whole[1] === '-' ? '-' : ''}1`) * Number(inJavaScript(whole[2] as string));
  return float.test(plain) ? Number(plain) : source;
}

// JavaScript knows 0x, 0b and 0o; a leading zero alone means octal to Go.
function inJavaScript(digits: string): string {
  return /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
}

function spellings<T>(names: readonly string[], value: T): (readonly [string, T])[] {
  return names.flatMap((name) =>
    [name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()].map(
      (spelling) => [spelling, value] as const,
    ),
  );
}
