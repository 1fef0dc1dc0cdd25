const longest = 300;

/**
 * Makes text from a configuration, an archive, a registry or a person safe to print on one line: control characters
 * (terminal escapes among them), marks that turn or hide text and line separators become `\u….` escapes; long text is
 * cut.
 */
export function printable(text: string, { limit = longest }: { limit?: number | undefined } = {}): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(unprintable, (character) => {
    const hex = character.codePointAt(0)!.toString(16).padStart(4, '0');
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

// Controls, invisible marks that format text (those that turn its direction among them), line and paragraph separators,
// halves of surrogate pairs: Unicode's general categories.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
