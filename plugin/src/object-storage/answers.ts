/**
 * What S3 answers in XML. Its answers are flat lists of elements without attributes, with texts that cannot contain
 * `<`, so that an element is found by its name alone.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 */

/** The text of the first element of this name. @param name letters only */
export function textIn(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text === undefined ? undefined : withoutEntities(text);
}

/** The content of each element of this name. @param name letters only */
export function elementsIn(xml: string, name: string): string[] {
  return xml
    .split(`<${name}>`)
    .slice(1)
    .map((rest) => rest.slice(0, Math.max(0, rest.indexOf(`</${name}>`))));
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  amp: '&',
  '#34': '"',
  '#39': "'",
};

function withoutEntities(text: string): string {
  return text.replace(/&([a-z]+|#\d+);/g, (whole, name: string) => entities[name] ?? whole);
}

/** The same text as XML. */
export function asXml(text: string): string {
  return text.replace(/[&<>]/g, (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[found] ?? found);
}
