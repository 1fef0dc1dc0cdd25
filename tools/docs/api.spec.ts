/** The public door, plugin/src/api.ts: what programs are told about each name, and that the examples are right. */
import { join } from 'node:path';
import * as ts from 'typescript';

const root = join(__dirname, '../..');
const door = join(root, 'plugin/src/api.ts');
const exampleFile = join(root, 'plugin/src/api.examples.ts');

function optionsOf(config: string): ts.CompilerOptions {
  const { config: raw } = ts.readConfigFile(config, (path) => ts.sys.readFile(path)) as { config: object };
  return { ...ts.parseJsonConfigFileContent(raw, ts.sys, root).options, noEmit: true, noUnusedLocals: false };
}

interface Exported {
  readonly name: string;
  readonly isFunction: boolean;
  readonly doc: string;
  readonly example: string | undefined;
}

function exportsOf(program: ts.Program): Exported[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(door) as ts.SourceFile) as ts.Symbol;
  return checker.getExportsOfModule(module).map((alias) => {
    const symbol = checker.getAliasedSymbol(alias);
    const tags = symbol.getJsDocTags(checker);
    const example = ts.displayPartsToString(tags.find(({ name }) => name === 'example')?.text);
    return {
      name: alias.name,
      isFunction: (symbol.flags & ts.SymbolFlags.Function) !== 0,
      doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      example: /^```ts\n([^]*)\n```$/.exec(example)?.[1],
    };
  });
}

const options = optionsOf(join(root, 'tsconfig.base.json'));
const exported = exportsOf(ts.createProgram([door], options));
const functions = exported.filter(({ isFunction }) => isFunction);

/** Each example in a function of its own, with what they all are given. */
function examplesText(): string {
  return [
    `import { ${functions.map(({ name }) => name).join(', ')} } from './api';`,
    "import type { MirrorLocation, Run } from './api';",
    'declare const location: MirrorLocation;',
    'declare const run: Run;',
    ...functions.map(({ name, example = '' }) => `export async function ${name}Example() {\n${example}\n}`),
  ].join('\n');
}

describe('seqmirror/api', () => {
  it('explains every name that it exports', () => {
    expect(exported.length).toBeGreaterThan(60);
    expect(exported.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
  });

  it('has an example of every function', () => {
    expect(functions.length).toBeGreaterThan(25);
    expect(functions.filter(({ example }) => example === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('has examples that the compiler accepts', () => {
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (file, ...rest) =>
      file === exampleFile
        ? ts.createSourceFile(file, examplesText(), ts.ScriptTarget.ES2022, true)
        : getSourceFile(file, ...rest);
    const program = ts.createProgram([exampleFile], options, host);
    const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(exampleFile));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });
});
