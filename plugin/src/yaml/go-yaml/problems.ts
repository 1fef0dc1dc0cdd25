/** Why go-yaml refuses a text, in its own words (scannerc.go, parserc.go), and what they mean. */
const words = {
  "could not find expected ':'": 'this line is neither a `key: value` nor part of the value before it',
  'block sequence entries are not allowed in this context': 'a list entry (-) is not allowed at this place',
  'mapping keys are not allowed in this context': 'a key (?) is not allowed at this place',
  'mapping values are not allowed in this context': 'a second colon, or a key that is not allowed at this place',
  'found character that cannot start any token':
    'a value cannot begin with this character: it is a tab in the indentation, or the text needs quotes',
  'found unknown directive name': 'a directive (%) must be %YAML or %TAG',
  'could not find expected directive name': 'a directive (%) has no name',
  'found unexpected non-alphabetical character': 'the name of a directive (%) contains a character that is not allowed',
  "did not find expected digit or '.' character": 'the version after %YAML is not like 1.1',
  'did not find expected version number': 'the version after %YAML is not like 1.1',
  'found extremely long version number': 'the version after %YAML is not like 1.1',
  'found incompatible YAML document': 'oc-mirror reads YAML 1.1 and refuses any other version after %YAML',
  'found duplicate %YAML directive': 'the document has two %YAML directives',
  'found duplicate %TAG directive': 'the document has two %TAG directives for one handle',
  'did not find expected comment or line break': 'the line has more text than is allowed at this place',
  'did not find expected whitespace': 'a space is missing',
  'did not find expected whitespace or line break': 'a space or the end of the line is missing after a tag (!)',
  "did not find expected '!'": 'a tag (!) is not complete',
  'did not find expected tag URI': 'a tag (!) is not complete',
  "did not find the expected '>'": 'a tag that begins with !< does not end with >',
  'did not find URI escaped octet': 'a percent sign in a tag (!) is not followed by two hexadecimal digits',
  'found undefined tag handle': 'the handle of this tag (!) is not declared',
  'did not find expected alphabetic or numeric character':
    'the name of an anchor (&) or alias (*) may contain only letters, digits, _ and -',
  'found an indentation indicator equal to 0': 'the indentation after | or > must be 1 to 9',
  'found a tab character where an indentation space is expected':
    'a line is indented with a tab; YAML allows only spaces',
  'found a tab character that violates indentation': 'a line is indented with a tab; YAML allows only spaces',
  'found unexpected document indicator': 'a quote before this --- or ... was not closed',
  'found unexpected end of stream': 'a quote was not closed',
  'found unknown escape character': 'a backslash in double quotes begins no known escape',
  'did not find expected hexdecimal number': 'hexadecimal digits are missing after \\x, \\u or \\U',
  'found invalid Unicode character escape code': 'this \\u or \\U is not the code of a character',
  'did not find expected <document start>': '--- is missing, or this line is indented less than the line before it',
  'did not find expected node content': 'a value is missing, or is not allowed at this place',
  "did not find expected '-' indicator": 'this line is indented like the list before it, but does not begin with -',
  'did not find expected key': 'this line is indented too little or too much, or is not a key',
  "did not find expected ',' or ']'": 'a comma is missing here, or the bracket before it was not closed',
  "did not find expected ',' or '}'": 'a comma is missing here, or the brace before it was not closed',
} as const;

export type GoYamlWords = keyof typeof words;

/** A text is refused: its offset, and go-yaml's words, or that it nests more deeply than we read. */
export class GoYamlRefusal extends Error {
  constructor(
    readonly offset: number,
    readonly because: GoYamlWords | 'too deep',
  ) {
    super(because);
  }
}

export function plainWordsFor(because: GoYamlWords): string {
  return words[because];
}
