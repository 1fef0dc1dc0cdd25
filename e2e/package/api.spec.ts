/** The examples of docs/api.md, as one program against the packed package: the compiler accepts it, and it runs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ts from 'typescript';
import type { Lab } from '../../testing/lab/lab';
import { mustRun } from '../harness/run';
import { preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { removeWorkspaces } from '../harness/workspace';

jest.setTimeout(5 * 60_000);

let upstream: Lab;
let workspace: Workspace;
let program: string;
beforeAll(async () => {
  upstream = await startSmallUpstream();
  workspace = await preparedWorkspace(upstream, 'planned');
  const page = await readFile(join(__dirname, '../../docs/api.md'), 'utf8');
  program = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block]) => block).join('\n');
  await workspace.write('program.mts', program);
});
afterAll(async () => {
  await removeWorkspaces();
  await upstream?.stop();
});

describe('docs/api.md', () => {
  it('is right by the types of the package', () => {
    const file = join(workspace.root, 'program.mts');
    const options = {
      ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
      ...{ target: ts.ScriptTarget.ES2022, strict: true, exactOptionalPropertyTypes: true, noEmit: true },
      ...{ skipLibCheck: true, types: ['node'], typeRoots: [join(__dirname, '../../node_modules/@types')] },
    };
    const problems = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('runs: mirrors, proves, bundles, and catches an error', async () => {
    const { outputText } = ts.transpileModule(program, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: 9 },
    });
    await workspace.write('program.mjs', outputText);
    const { stdout, stderr } = await mustRun(process.execPath, ['program.mjs'], {
      cwd: workspace.root,
      env: workspace.env,
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      ...smallChain.map((folder) => `${folder} sealed`),
      ...smallChain.map((folder) => `${folder} PROVEN`),
      'bundle written',
      'SEQ0232 There is no sequence seq9-nothing in mirror/content',
    ]);
  });
});
