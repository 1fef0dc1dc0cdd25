/**
 * Finds secrets in text, by patterns that are hardly ever anything else: a false alarm would stop a disk at the gate.
 * It never shows the secret, only its kind and line.
 */
export interface FoundSecret {
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

const forms: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'a URL with a user name and a password',
    pattern: /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:"'<>]+:[^\s/?#@"'<>]+@[^\s]/i,
  },
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9 ]+ )?PRIVATE KEY-----/ },
  { what: 'registry credentials', pattern: /"(?:auth|identitytoken|registrytoken)"\s*:\s*"[A-Za-z0-9+/=._-]{8,}"/ },
  {
    what: 'an Authorization header',
    pattern: /\bauthorization\b["']?\s*[:=]\s*\[?["']?(?:basic|bearer)\s+[\w.~+/=-]{8,}/i,
  },
  { what: 'a token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
  { what: 'a signed URL', pattern: /[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|sig)=[\w%~.+/-]{16,}/ },
];

// Logs have one message per line; a longer line is searched in parts of this many characters.
const longestLine = 64 * 1024;
const mostFound = 20;

/**
 * Searches a text that comes in pieces, in the memory of two pieces. Reports at most twenty.
 *
 * @param pieces bytes of UTF-8 or anything else
 */
export async function secretsIn(pieces: AsyncIterable<Buffer>): Promise<FoundSecret[]> {
  const found: FoundSecret[] = [];
  let line = 1;
  let rest = '';
  const look = (text: string): void => {
    for (const { what, pattern } of forms) {
      if (found.length < mostFound && pattern.test(text)) found.push({ what, line });
    }
  };
  for await (const piece of pieces) {
    const lines = `${rest}${piece.toString('latin1')}`.split('\n');
    rest = lines.pop() as string;
    for (const text of lines) {
      look(text);
      line += 1;
    }
    if (rest.length > longestLine) {
      look(rest);
      rest = rest.slice(-1024);
    }
  }
  look(rest);
  return found;
}
