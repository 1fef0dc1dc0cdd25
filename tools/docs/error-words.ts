/** The words of each error code, read from the sources of the plugin: what people may see, without running anything. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ts from 'typescript';

/** One message of a code. Values in it stand as `<name>`; where a part has several texts, all of them are there. */
export interface ErrorWords {
  readonly what: readonly string[];
  readonly why: readonly string[];
  readonly next: readonly string[];
}

const parts = ['what', 'why', 'next'] as const;
const makers = ['explain', 'finding', 'warning'];

/**
 * By code, in the order of files and lines. A message is found where `explain`, `finding` or `warning` is called with a
 * code, and in each object that has a `code` and a `what`.
 */
export async function errorWords(folder: string): Promise<ReadonlyMap<string, readonly ErrorWords[]>> {
  const files = await sourcesIn(folder);
  const constants = new Map<string, ts.Expression>();
  for (const file of files) for (const [name, value] of constantsIn(file)) constants.set(name, value);
  const words = new Map<string, ErrorWords[]>();
  const passed = textsPassed(files, constants);
  const add = (code: string, value: ts.ObjectLiteralExpression, given: readonly string[] = []): void => {
    const found = wordsOf(value, constants);
    const why = found.why.length === 0 ? given : found.why;
    if (found.what.length > 0) words.set(code, [...(words.get(code) ?? []), { ...found, why }]);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && makers.includes(node.expression.getText())) {
      const [code, maker] = node.arguments;
      if (code !== undefined && maker !== undefined && ts.isStringLiteral(code))
        for (const value of resultsOf(maker)) add(code.text, value, passed.get(nameOfMaker(node) ?? ''));
    }
    if (ts.isObjectLiteralExpression(node)) {
      const code = valueOf(node, 'code');
      if (code !== undefined && ts.isStringLiteral(code) && code.text.startsWith('SEQ')) add(code.text, node);
    }
    ts.forEachChild(node, visit);
  };
  files.forEach(visit);
  return words;
}

/** `explain('SEQ0230', …)` is the value of `notVoidable`. */
function nameOfMaker({ parent }: ts.CallExpression): string | undefined {
  return ts.isVariableDeclaration(parent) ? parent.name.getText() : undefined;
}

/**
 * What callers give as `why`, by the name of the function that they call: directly, or through a short function of their
 * file, `const refuse = (why) => notVoidable({ folder, why })`.
 */
function textsPassed(
  files: readonly ts.SourceFile[],
  constants: ReadonlyMap<string, ts.Expression>,
): ReadonlyMap<string, readonly string[]> {
  const passed = new Map<string, string[]>();
  const add = (name: string, value: ts.Expression): void => {
    const texts = textsOf(value, constants).filter((text) => /[a-z] /.test(text));
    passed.set(name, [...new Set([...(passed.get(name) ?? []), ...texts])]);
  };
  for (const file of files) {
    const short = new Map<string, string>();
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const called = node.expression.getText();
        const [given] = node.arguments;
        const through = short.get(called);
        if (through !== undefined && given !== undefined) add(through, given);
        if (given !== undefined && ts.isObjectLiteralExpression(given)) {
          const why = valueOf(given, 'why');
          const wrapper = why === undefined ? undefined : wrapperOf(node, why);
          if (wrapper !== undefined) short.set(wrapper, called);
          else if (why !== undefined) add(called, why);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return passed;
}

/** The short function around a call that passes its first parameter on as `why`. */
function wrapperOf(call: ts.CallExpression, why: ts.Expression): string | undefined {
  for (let at: ts.Node = call.parent; at.parent !== undefined; at = at.parent) {
    if (!ts.isArrowFunction(at)) continue;
    const isPassedOn = at.parameters[0]?.name.getText() === why.getText();
    return isPassedOn && ts.isVariableDeclaration(at.parent) ? at.parent.name.getText() : undefined;
  }
  return undefined;
}

async function sourcesIn(folder: string): Promise<ts.SourceFile[]> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name))
    .sort();
  return Promise.all(
    names.map(async (name) =>
      ts.createSourceFile(name, await readFile(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true),
    ),
  );
}

/** Texts, and functions of one expression, such as `fromGit`, by their names. */
function* constantsIn(file: ts.SourceFile): Generator<[string, ts.Expression]> {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer === undefined) continue;
      const isShort = ts.isArrowFunction(initializer) && !ts.isBlock(initializer.body);
      if (isShort) yield [name.getText(), initializer.body as ts.Expression];
      const isText = ts.isStringLiteralLike(initializer) || ts.isTemplateExpression(initializer);
      if (isText || isOperation(initializer, ts.SyntaxKind.PlusToken)) yield [name.getText(), initializer];
    }
  }
}

/** The objects that a function returns. */
function resultsOf(maker: ts.Expression): ts.ObjectLiteralExpression[] {
  if (!ts.isArrowFunction(maker)) return [];
  const body = bare(maker.body as ts.Expression);
  if (ts.isObjectLiteralExpression(body)) return [body];
  const results: ts.ObjectLiteralExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    const value = ts.isReturnStatement(node) && node.expression !== undefined ? bare(node.expression) : undefined;
    if (value !== undefined && ts.isObjectLiteralExpression(value)) results.push(value);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return results;
}

function wordsOf(object: ts.ObjectLiteralExpression, constants: ReadonlyMap<string, ts.Expression>): ErrorWords {
  const [what, why, next] = parts.map((part) => {
    const values = object.properties.flatMap((property) =>
      ts.isSpreadAssignment(property) ? objectsIn(property.expression).map((each) => valueOf(each, part)) : [],
    );
    return [valueOf(object, part), ...values].flatMap((value) =>
      value === undefined ? [] : textsOf(value, constants),
    );
  });
  return { what: what ?? [], why: why ?? [], next: next ?? [] };
}

function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of object.properties) {
    if (ts.isPropertyAssignment(property) && property.name.getText() === name) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property) && property.name.text === name) return property.name;
  }
  return undefined;
}

/** `...(condition ? { why: … } : {})` */
function objectsIn(value: ts.Expression): ts.ObjectLiteralExpression[] {
  const expression = bare(value);
  if (ts.isConditionalExpression(expression))
    return [expression.whenTrue, expression.whenFalse].flatMap((each) => objectsIn(each));
  return ts.isObjectLiteralExpression(expression) ? [expression] : [];
}

/** All texts that a value may be; none where it is given from outside. */
function textsOf(value: ts.Expression, constants: ReadonlyMap<string, ts.Expression>): string[] {
  const expression = bare(value);
  if (ts.isConditionalExpression(expression))
    return [expression.whenTrue, expression.whenFalse].flatMap((each) => textsOf(each, constants));
  if (isOperation(expression, ts.SyntaxKind.QuestionQuestionToken)) return textsOf(expression.right, constants);
  if (isOperation(expression, ts.SyntaxKind.PlusToken)) {
    return textsOf(expression.left, constants).flatMap((left) =>
      textsOf(expression.right, constants).map((right) => left + right),
    );
  }
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) return [textOfTemplate(expression)];
  if (ts.isIdentifier(expression)) {
    const constant = isConstantOfFile(expression) ? constants.get(expression.text) : undefined;
    const values = [...localValues(expression), ...(constant === undefined ? [] : [constant])];
    return values.slice(0, 1).flatMap((each) => textsOf(each, constants));
  }
  if (ts.isCallExpression(expression)) {
    const body = constants.get(expression.expression.getText());
    return body === undefined ? [] : textsOf(body, constants);
  }
  return [];
}

function textOfTemplate({ head, templateSpans }: ts.TemplateExpression): string {
  return head.text + templateSpans.map(({ expression, literal }) => placeOf(expression) + literal.text).join('');
}

/** What stands in a text for a value: its name, or the longer one of two texts. */
function placeOf(value: ts.Expression): string {
  const expression = bare(value);
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isTemplateExpression(expression)) return textOfTemplate(expression);
  if (ts.isConditionalExpression(expression)) {
    const [first, second] = [placeOf(expression.whenTrue), placeOf(expression.whenFalse)];
    return first.length > second.length ? first : second;
  }
  if (ts.isCallExpression(expression) && expression.expression.getText() === 'counted') {
    const [count, noun] = expression.arguments;
    if (count !== undefined && noun !== undefined && ts.isStringLiteral(noun)) return `${placeOf(count)} ${noun.text}s`;
  }
  if (ts.isIdentifier(expression)) {
    const [own] = localValues(expression);
    if (own !== undefined && !own.getText().startsWith('Math.')) return placeOf(own);
  }
  return `<${inWords(nameOf(expression))}>`;
}

/** `partOfTheFile` is a part of the file. */
function inWords(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function nameOf(value: ts.Expression): string {
  const expression = bare(value);
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) {
    return expression.name.text === 'length' ? nameOf(expression.expression) : expression.name.text;
  }
  if (ts.isCallExpression(expression)) {
    const { expression: called, arguments: given } = expression;
    if (ts.isPropertyAccessExpression(called)) return nameOf(called.expression);
    return given[0] === undefined ? called.getText() : nameOf(given[0]);
  }
  if (ts.isElementAccessExpression(expression)) return nameOf(expression.expression);
  if (ts.isBinaryExpression(expression)) return nameOf(expression.left);
  return '…';
}

/** What a name stands for, when it is a constant of the function around it. */
function localValues(name: ts.Identifier): ts.Expression[] {
  for (let at: ts.Node = name; at.parent !== undefined; at = at.parent) {
    if (!ts.isBlock(at)) continue;
    for (const statement of at.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name: declared, initializer } of statement.declarationList.declarations)
        if (declared.getText() === name.text && initializer !== undefined) return [initializer];
    }
  }
  return [];
}

/** Whether its file declares it outside functions, or imports it. */
function isConstantOfFile(name: ts.Identifier): boolean {
  return name.getSourceFile().statements.some((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.some((each) => each.name.getText() === name.text);
    const imported = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    return (
      imported !== undefined &&
      ts.isNamedImports(imported) &&
      imported.elements.some((each) => each.name.text === name.text)
    );
  });
}

function isOperation(expression: ts.Expression, kind: ts.SyntaxKind): expression is ts.BinaryExpression {
  return ts.isBinaryExpression(expression) && expression.operatorToken.kind === kind;
}

function bare(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isNonNullExpression(expression)
    ? bare(expression.expression)
    : expression;
}
