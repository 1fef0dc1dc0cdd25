/**
 * A section of a Markdown file that is made, not written: everything between
 * `<!-- made by npm run docs: name -->` and `<!-- end: name -->`.
 *
 * @throws Error when the file has not exactly the sections given
 */
export function withSections(text: string, sections: Readonly<Record<string, string>>): string {
  const found = [...text.matchAll(/<!-- made by npm run docs: (?<name>[\w-]+) -->/g)].map(
    ({ groups }) => groups?.['name'],
  );
  const wanted = Object.keys(sections);
  const difference = [...wanted, ...found].filter((name) => count(wanted, name) !== count(found, name));
  if (difference.length > 0) {
    throw new Error(`the sections ${found.join(', ')} are there, wanted are ${wanted.join(', ')}`);
  }
  return wanted.reduce((result, name) => replaced(result, name, sections[name] ?? ''), text);
}

function replaced(text: string, name: string, section: string): string {
  const start = `<!-- made by npm run docs: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end, from);
  if (to < 0) throw new Error(`the section ${name} has no end`);
  return `${text.slice(0, from)}\n\n${section}\n\n${text.slice(to)}`;
}

function count<T>(values: readonly T[], value: T): number {
  return values.filter((other) => other === value).length;
}
