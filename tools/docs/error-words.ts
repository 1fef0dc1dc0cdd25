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
type Part = (typeof parts)[number];
/** Texts, and functions of one expression, such as `fromGit`, by their names; `recordNames.metadata` for a text in an object. */
type Constants = ReadonlyMap<string, ts.Expression>;

/** The names of values in the code that readers of a page would not understand, with a name for these readers. */
const readerNames: Readonly<Record<string, string>> = {
  ...{ words: 'error', said: 'message', panic: 'message', refused: 'problem', why: 'reason', because: 'reason' },
  ...{ meant: 'suggestion', known: 'names', asked: 'name', typed: 'value', given: 'value', shown: 'name' },
  ...{ notHad: 'blobs', retired: 'sequences', needs: 'sequences', newer: 'sequence', of: 'kind', by: 'signer' },
  ...{ brought: 'number', listed: 'number', set: 'number', others: 'number', sendings: 'number' },
  ...{
    enough: 'number',
    collisions: 'number',
    missing: 'number',
    findings: 'number',
    child: 'digest',
    empty: 'option',
  },
  ...{ absolute: 'path', pathname: 'path', purpose: 'command', sealed: 'time', now: 'time', clock: 'time' },
  ...{ expires: 'time', rolledBack: 'date', wanted: 'hash', verified: 'hash', realm: 'address', origin: 'file' },
  ...{ dataDir: 'path', largest: 'size', free: 'size', needed: 'size', takes: 'name', wrong: 'number' },
  ...{
    commandsBack: 'commands',
    verb: 'read or written',
    forPeople: 'file',
    ignoreBytes: 'limit',
    timeoutMs: 'number',
    process: 'uid',
    instead: 'another remedy',
    itsDigest: 'its digest',
  },
};

const placeForWhat = '<what>';
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
  const calls = callsOf(files, constants);
  const add = (code: string, value: ts.ObjectLiteralExpression, maker: string): void => {
    const said = messagesOf(value, { constants, calls: calls.get(maker) ?? [] });
    if (said.length > 0) words.set(code, [...(words.get(code) ?? []), ...said]);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && makers.includes(node.expression.getText())) {
      const [code, maker] = node.arguments;
      if (code !== undefined && maker !== undefined && ts.isStringLiteral(code))
        for (const value of resultsOf(maker)) add(code.text, value, nameOfFunctionAround(node));
    }
    if (ts.isObjectLiteralExpression(node)) {
      const code = valueOf(node, 'code');
      if (code !== undefined && ts.isStringLiteral(code) && code.text.startsWith('SEQ'))
        add(code.text, node, nameOfFunctionAround(node));
    }
    ts.forEachChild(node, visit);
  };
  files.forEach(visit);
  return words;
}

/** `notVoidable` for `const notVoidable = explain('SEQ0230', …)`, and for an object in `function notVoidable(…)`. */
function nameOfFunctionAround(node: ts.Node): string {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isVariableDeclaration(at) || ts.isFunctionDeclaration(at)) return at.name?.getText() ?? '';
  }
  return '';
}

/**
 * The messages that an object makes. If its `what`, or a `what` inside it, comes from the callers: a message for each call, and one for calls
 * with the same `why` and `next`. If only its `why` comes from them: one message with the causes of all calls.
 */
function messagesOf(
  object: ts.ObjectLiteralExpression,
  { constants, calls }: { constants: Constants; calls: readonly Call[] },
): ErrorWords[] {
  const found = wordsOf(object, constants);
  const from = (call: Call, part: Part): readonly string[] => {
    const value = valueOf(object, part);
    const given = call.get('what') ?? [];
    if (part === 'what' && found.what.some((text) => text.includes(placeForWhat)))
      return found.what.flatMap((text) => given.map((each) => text.replace(placeForWhat, each)));
    return found[part].length > 0 || value === undefined
      ? found[part]
      : (call.get(nameOf(value)) ?? call.get('') ?? []);
  };
  const isGiven = found.what.length === 0 || calls.some((call) => from(call, 'what').join() !== found.what.join());
  if (!isGiven) {
    const given = calls.flatMap((call) => from(call, 'why'));
    return [{ ...found, why: [...new Set(found.why.length > 0 ? found.why : given)] }];
  }
  const messages = new Map<string, ErrorWords>();
  for (const call of calls) {
    const [what, why, next] = [from(call, 'what'), from(call, 'why'), from(call, 'next')];
    if (what.length === 0) continue;
    const key = JSON.stringify([why, next]);
    const others = messages.get(key)?.what ?? [];
    messages.set(key, { what: [...new Set([...others, ...what])], why, next });
  }
  return [...messages.values()];
}

/** The texts that a call gives, by the name of the property; `''` if the only argument is a text. */
type Call = ReadonlyMap<string, readonly string[]>;

/** `const refuse = (what: string) => optionsContradict({ what, next: '…' })`: calls of `refuse` are calls of the other. */
interface Wrapper {
  readonly called: string;
  readonly parameters: readonly string[];
  /** The texts in which `<what>` stands for the parameter. */
  readonly call: Call;
}

/** By the name of the function that is called: directly, or through a short function of the same file. */
function callsOf(files: readonly ts.SourceFile[], constants: Constants): ReadonlyMap<string, readonly Call[]> {
  const calls = new Map<string, Call[]>();
  const add = (name: string, texts: Call): void => {
    const whole = [...texts].map(
      ([part, all]) => [part, all.filter((text) => /[a-z]{2}/.test(text.replaceAll(/<[^>]*>/g, '')))] as const,
    );
    calls.set(name, [...(calls.get(name) ?? []), new Map(whole)]);
  };
  for (const file of files) {
    const wrappers = new Map<string, Wrapper>();
    const visit = (node: ts.Node, look: (call: ts.CallExpression) => void): void => {
      if (ts.isCallExpression(node)) look(node);
      ts.forEachChild(node, (child) => visit(child, look));
    };
    visit(file, (call) => {
      const wrapper = wrapperOf(call, constants);
      if (wrapper !== undefined) wrappers.set(wrapper.name, wrapper);
    });
    visit(file, (call) => {
      const wrapper = wrappers.get(call.expression.getText());
      if (wrapper !== undefined) add(wrapper.called, throughWrapper(wrapper, call, constants));
      else if (wrapperOf(call, constants) === undefined) add(call.expression.getText(), givenTo(call, constants));
    });
  }
  return calls;
}

function givenTo(call: ts.CallExpression, constants: Constants): Map<string, readonly string[]> {
  const [given] = call.arguments;
  if (given === undefined) return new Map();
  if (!ts.isObjectLiteralExpression(given)) return new Map([['', textsOf(given, constants)]]);
  return new Map(
    given.properties.flatMap((property) => {
      const name = property.name?.getText();
      const value = name === undefined ? undefined : valueOf(given, name);
      return name === undefined || value === undefined ? [] : [[name, textsOf(value, constants)] as const];
    }),
  );
}

/** The short function around a call that passes its parameters on. */
function wrapperOf(call: ts.CallExpression, constants: Constants): (Wrapper & { readonly name: string }) | undefined {
  const [given] = call.arguments;
  if (given === undefined || !ts.isObjectLiteralExpression(given)) return undefined;
  for (let at: ts.Node = call.parent; at.parent !== undefined; at = at.parent) {
    if (!ts.isArrowFunction(at)) continue;
    const parameters = at.parameters.map(({ name }) => name.getText());
    const texts = [...givenTo(call, constants)].map(([name, all]) => {
      const value = valueOf(given, name);
      return [name, all.length > 0 || value === undefined ? all : [placeOf(value, constants)]] as const;
    });
    const passesOn = texts.some(([, all]) =>
      all.some((text) => parameters.some((name) => text.includes(placeFor(name)))),
    );
    if (!passesOn || !ts.isVariableDeclaration(at.parent)) return undefined;
    return { name: at.parent.name.getText(), called: call.expression.getText(), parameters, call: new Map(texts) };
  }
  return undefined;
}

function throughWrapper({ parameters, call: passed }: Wrapper, call: ts.CallExpression, constants: Constants): Call {
  const filledIn = (text: string): string[] =>
    parameters.reduce<string[]>(
      (texts, name, index) => {
        const given = call.arguments[index];
        const values = given === undefined ? [] : textsOf(given, constants);
        if (!text.includes(placeFor(name))) return texts;
        if (values.length === 0) return texts;
        return texts.flatMap((each) => values.map((value) => each.replace(placeFor(name), value)));
      },
      [text],
    );
  return new Map([...passed].map(([part, texts]) => [part, texts.flatMap(filledIn)]));
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

function* constantsIn(file: ts.SourceFile): Generator<[string, ts.Expression]> {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer === undefined) continue;
      const isShort = ts.isArrowFunction(initializer) && !ts.isBlock(initializer.body);
      if (isShort) yield [name.getText(), initializer.body as ts.Expression];
      const isText = ts.isStringLiteralLike(initializer) || ts.isTemplateExpression(initializer);
      const object = bare(initializer);
      if (ts.isObjectLiteralExpression(object)) {
        for (const property of object.properties)
          if (ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer))
            yield [`${name.getText()}.${property.name.getText()}`, property.initializer];
      }
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

function wordsOf(object: ts.ObjectLiteralExpression, constants: Constants): ErrorWords {
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
function textsOf(value: ts.Expression, constants: Constants): string[] {
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
  if (ts.isTemplateExpression(expression)) return [textOfTemplate(expression, constants)];
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

function textOfTemplate({ head, templateSpans }: ts.TemplateExpression, constants: Constants): string {
  return (
    head.text + templateSpans.map(({ expression, literal }) => placeOf(expression, constants) + literal.text).join('')
  );
}

/** What stands in a text for a value: its name, or the longer one of two texts. */
function placeOf(value: ts.Expression, constants: Constants): string {
  const expression = bare(value);
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isTemplateExpression(expression)) return textOfTemplate(expression, constants);
  if (ts.isConditionalExpression(expression)) {
    // `count === 1 ? 'differs' : 'differ'`: several things.
    if (expression.condition.getText().endsWith('=== 1')) return placeOf(expression.whenFalse, constants);
    const [first, second] = [placeOf(expression.whenTrue, constants), placeOf(expression.whenFalse, constants)];
    return first.length > second.length ? first : second;
  }
  if (ts.isCallExpression(expression) && expression.expression.getText() === 'counted') {
    const [, noun] = expression.arguments;
    if (noun !== undefined && ts.isStringLiteral(noun)) return `<number> ${noun.text}s`;
  }
  if (ts.isIdentifier(expression)) {
    const [own] = localValues(expression);
    const place = own === undefined ? '<…>' : placeOf(own, constants);
    if (place !== '<…>' && !own?.getText().startsWith('Math.')) return place;
  }
  const constant = constants.get(expression.getText());
  const isKnown = !ts.isIdentifier(expression) || isConstantOfFile(expression);
  if (constant !== undefined && isKnown && (ts.isStringLiteralLike(constant) || ts.isTemplateExpression(constant)))
    return placeOf(constant, constants);
  return placeFor(nameOf(expression));
}

function placeFor(name: string): string {
  if (/Limit$|^most[A-Z]|Characters$/.test(name)) return '<limit>';
  return `<${Object.hasOwn(readerNames, name) ? readerNames[name] : inWords(name)}>`;
}

/** `partOfTheFile` is a part of the file. */
function inWords(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function nameOf(value: ts.Expression): string {
  const expression = bare(value);
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) {
    return ['length', 'size'].includes(expression.name.text) ? 'number' : expression.name.text;
  }
  if (ts.isCallExpression(expression)) {
    const { expression: called, arguments: given } = expression;
    const [first] = given;
    // `chainLockFile(mirror)` is a chain lock file.
    if (ts.isIdentifier(called) && first !== undefined && nameOf(first) === 'mirror' && called.text !== 'printable') {
      return called.text === 'forPeople' ? nameOf(given[1] ?? first) : called.text;
    }
    if (ts.isPropertyAccessExpression(called) && !['JSON', 'Math'].includes(called.expression.getText()))
      return called.name.text === 'at' ? nameOfOne(called.expression) : nameOf(called.expression);
    return first === undefined ? called.getText() : nameOf(first);
  }
  if (ts.isElementAccessExpression(expression)) return nameOfOne(expression.expression);
  if (ts.isBinaryExpression(expression)) return nameOf(expression.left);
  return '…';
}

function nameOfOne(list: ts.Expression): string {
  const name = nameOf(list);
  return name === 'known' ? 'name' : name.replace(/(?<=[a-z])s$/, '');
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
