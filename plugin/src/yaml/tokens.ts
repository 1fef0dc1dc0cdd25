import { Lexer, Parser } from 'yaml';

// The parser's stack holds about two entries for each level; a full imageset configuration has eleven levels.
const deepestStack = 64;

type YamlToken = ReturnType<Parser['next']> extends Generator<infer Token> ? Token : never;

/**
 * The tokens of YAML text for a Composer, or the offset from which it nests too deeply. The parser keeps a stack, whose
 * depth is checked; the composer after it is recursive, and deep nesting ends the whole process inside V8
 * ("RegExpCompiler Allocation failed", yaml 2.9.1 on Node 20), which no `catch` can stop.
 */
export function yamlTokens(text: string): {
  readonly tokens: readonly YamlToken[];
  readonly tooDeepAt?: number | undefined;
} {
  const parser = new Parser();
  const tokens: YamlToken[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > deepestStack) return { tokens, tooDeepAt: parser.offset };
  }
  tokens.push(...parser.end());
  return { tokens };
}
