/** Why go-yaml refuses a text, in its own words (scannerc.go, parserc.go), and what they mean. */
const words = {
  "could not find expected ':'": 'this line is neither a `key: value` nor part of the value before it',
  'block sequence entries are not allowed in this context': 'a list entry (-) stands where none can begin',
  'mapping keys are not allowed in this context': 'a key (?) stands where none can begin',
  'mapping values are not allowed in this context': 'a second colon, or a key where none can begin',
  'found character that cannot start any token':
    'nothing can begin with this character: a tab in the indentation, or a text that must be in quotes',
  'found unknown directive name': 'a directive (%) is neither %YAML nor %TAG',
  'could not find expected directive name': 'a directive (%) has no name',
  'found unexpected non-alphabetical character': 'the name of a directive (%) goes on in a strange character',
  "did not find expected digit or '.' character": 'the version after %YAML is not like 1.1',
  'did not find expected version number': 'the version after %YAML is not like 1.1',
  'found extremely long version number': 'the version after %YAML is not like 1.1',
  'found incompatible YAML document': 'oc-mirror reads YAML 1.1 and refuses any other version after %YAML',
  'found duplicate %YAML directive': '%YAML stands here twice',
  'found duplicate %TAG directive': '%TAG stands here twice for one handle',
  'did not find expected comment or line break': 'something stands behind what must end its line',
  'did not find expected whitespace': 'a space is missing',
  'did not find expected whitespace or line break': 'a space or the end of the line is missing behind a tag (!)',
  "did not find expected '!'": 'a tag (!) is not complete',
  'did not find expected tag URI': 'a tag (!) is not complete',
  "did not find the expected '>'": 'a tag that begins with !< does not end with >',
  'did not find URI escaped octet': 'a percent sign in a tag (!) is not followed by two hexadecimal digits',
  'found undefined tag handle': 'the handle of this tag (!) is not declared',
  'did not find expected alphabetic or numeric character':
    'the name of an anchor (&) or alias (*) has only letters, digits, _ and -',
  'found an indentation indicator equal to 0': 'the indentation after | or > is 1 to 9',
  'found a tab character where an indentation space is expected':
    'a line is indented with a tab; YAML allows only spaces',
  'found a tab character that violates indentation': 'a line is indented with a tab; YAML allows only spaces',
  'found unexpected document indicator': 'a quote before this --- or ... was not closed',
  'found unexpected end of stream': 'a quote was not closed',
  'found unknown escape character': 'a backslash in double quotes begins no known escape',
  'did not find expected hexdecimal number': 'hexadecimal digits are missing behind \\x, \\u or \\U',
  'found invalid Unicode character escape code': 'there is no such character as this \\u or \\U names',
  'did not find expected <document start>': '--- is missing, or this is indented less than what stands before it',
  'did not find expected node content': 'a value is missing, or stands where none can begin',
  "did not find expected '-' indicator": 'this is indented like the list before it, and is no entry of it',
  'did not find expected key': 'this line is indented too little or too much, or is no key',
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
