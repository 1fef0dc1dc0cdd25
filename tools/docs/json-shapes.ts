/** What `--json` prints of each command, by the declarations of the types that the use cases return. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

/** The types of a command's outcome, as `seqmirror/api` exports them; of `bundle` the one of report/json/bundle.ts. */
const outcomes: Readonly<Record<string, readonly string[]>> = {
  plan: ['PlanOutcome'],
  list: ['SequenceListing'],
  diff: ['ChainDiff'],
  info: ['MirrorInfo'],
  status: ['SitesStatus'],
  report: ['MirrorReport'],
  export: ['ExportOutcome'],
  doctor: ['Examination'],
  drift: ['DriftOutcome'],
  cleanup: ['CleanupOutcome'],
  apply: ['ApplyOutcome'],
  acknowledge: ['AcknowledgeOutcome'],
  rollback: ['RollbackOutcome', 'RegistryRollbackOutcome'],
  validate: ['Validation'],
  upload: ['UploadOutcome', 'SiteUploadOutcome'],
  reissue: ['ReissueOutcome'],
  custody: ['CustodyListing', 'CopyOutcome', 'VerifyOutcome'],
  prune: ['PruneOutcome'],
  restore: ['RestoreOutcome'],
  bundle: ['BundleDocument'],
  explain: ['ExplainedCode'],
};

/** A plan of archives to reissue is printed without what is in each archive. */
const shortened = new Set(['ReissuePlan']);

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** Markdown: a block of TypeScript per command, then the types that several of them name. */
export function jsonShapes(root: string): string {
  const declared = declarationsIn(join(root, 'plugin/src'));
  const commands = Object.entries(outcomes).map(([command, names]) => {
    const text = names.map((name) => textOf(found(declared, name))).join('\n\n');
    return `#### \`seqmirror/${command}/v1\`\n\n${block(text)}`;
  });
  const first = Object.values(outcomes).flat();
  const shared = referencedBy(first, declared).filter((name) => !first.includes(name));
  const types = shared.sort().map((name) => textOf(found(declared, name)));
  return [...commands, '#### Types that these name', block(types.join('\n\n'))].join('\n\n');
}

function declarationsIn(folder: string): Map<string, Declaration> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const declarations = new Map<string, Declaration>();
  for (const name of names.filter((each) => /(?<!\.spec|\.fixture)\.ts$/.test(each)).sort()) {
    const file = ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true);
    for (const statement of file.statements)
      if (isExportedType(statement)) declarations.set(statement.name.text, statement);
  }
  return declarations;
}

function isExportedType(statement: ts.Statement): statement is Declaration {
  return (
    (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
    (statement.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** The types themselves and those that they name, two steps far: beyond, the code itself is the better page. */
function referencedBy(names: readonly string[], declared: ReadonlyMap<string, Declaration>): string[] {
  const seen = new Set(names);
  let latest = [...names];
  for (let step = 0; step < 2; step += 1) {
    latest = [...new Set(latest.flatMap((name) => namesIn(found(declared, name))))].filter(
      (name) => declared.has(name) && !seen.has(name) && !shortened.has(name),
    );
    for (const name of latest) seen.add(name);
  }
  return [...seen].filter((name) => !isOfSchema(found(declared, name)));
}

function namesIn(node: ts.Node): string[] {
  const names: string[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)) names.push(child.typeName.text);
    if (ts.isExpressionWithTypeArguments(child) && ts.isIdentifier(child.expression)) names.push(child.expression.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}

/** `type Digest = z.infer<…>`: its JSON Schema in schemas/ says more. */
function isOfSchema(declaration: Declaration): boolean {
  return ts.isTypeAliasDeclaration(declaration) && declaration.type.getText().startsWith('z.');
}

function textOf(declaration: Declaration): string {
  const comment = declaration.getFullText().slice(0, declaration.getLeadingTriviaWidth());
  const [about = ''] = /\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.exec(comment) ?? [];
  const text = declaration
    .getText()
    .replace(/^export /, '')
    .replaceAll('readonly ', '')
    .replace(/\?: ([^;]+) \| undefined;/g, '?: $1;');
  return `${about.trim()}\n${text}`.trim();
}

function found(declared: ReadonlyMap<string, Declaration>, name: string): Declaration {
  const declaration = declared.get(name);
  if (declaration === undefined) throw new Error(`no type ${name} is declared`);
  return declaration;
}

function block(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}
