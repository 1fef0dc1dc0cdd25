const longest = 300;

/**
 * Text from a config, an archive, a registry or a person, made safe to print on one line: control characters
 * (terminal escapes among them), bidirectional overrides and line separators become `\u….` escapes; long text is cut.
 */
export function printable(text: string, { limit = longest }: { limit?: number } = {}): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
