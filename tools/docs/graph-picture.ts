/**
 * `npm run docs:graph`: the picture of the project graph in README.md, for light and for dark pages. The documented run
 * with two sites, made by real Nx commands, then `nx graph` in a browser and the two clicks that README.md names.
 * Needs Chromium: the program that CHROMIUM names, or /usr/bin/chromium.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import { programPath } from '../../testing/lab/requirements';
import { environmentOf } from '../demo/environment';
import type { NxRunner } from '../demo/nx';
import { nx } from '../demo/nx';
import { workTree } from '../demo/work-tree';

const root = join(__dirname, '../..');
const mirror = join(root, 'workspace/mirror');
/** Projects of this repository, which no user has. */
const ownProjects = ['seqmirror', 'e2e', 'faults', 'testing', 'tools'];
const pictures = { light: 'docs/graph.png', dark: 'docs/graph-dark.png' } as const;
type Scheme = keyof typeof pictures;
/** The graph moves to its place in this time. */
const drawnMs = 3000;
const size = { width: 1700, height: 900 };
/** The graph itself, between Nx's list of projects and its bar of buttons. */
const clip = { x: 800, y: 70, width: 480, height: 720 };

async function drawGraph(signal: AbortSignal): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'seqmirror-graph-'));
  try {
    const page = join(temporary, 'graph.html');
    await writeGraph(page, { temporary, signal });
    for (const [scheme, picture] of Object.entries(pictures) as [Scheme, string][])
      await photograph(page, { scheme, picture: join(root, picture) });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Nx's own page of the graph, in which Git sees nothing afterwards. */
async function writeGraph(
  page: string,
  { temporary, signal }: { readonly temporary: string; readonly signal: AbortSignal },
): Promise<void> {
  const tree = await workTree(root, mirror);
  const lab = await startDocumentedLab();
  try {
    const runner = { folder: mirror, env: environmentOf(lab, { temporary, folder: mirror }), signal };
    await makeChain(runner, { publishUpdate: () => lab.publishUpdate(), registry: lab.host });
    await nx(['graph', `--file=${page}`], runner);
  } finally {
    await lab.stop();
    await tree.restore();
  }
}

/** Alpha stays at seq2, and bravo has everything that is mirrored; seq5 is only planned. */
async function makeChain(
  runner: NxRunner,
  { publishUpdate, registry }: { readonly publishUpdate: () => Promise<void>; readonly registry: string },
): Promise<void> {
  const steps = ['baseline', 'add-web-terminal', 'add-cluster-logging', 'add-ubi9', 'update-platform'];
  for (const [index, step] of steps.entries()) {
    if (step === 'update-platform') await publishUpdate();
    await nx(['g', 'seqmirror:sequence', step, `--from=imagesets/${step}.yaml`], runner);
    if (step !== 'update-platform') await nx(['run', `mirror:seq${index + 1}`], runner);
    const name = { 'add-web-terminal': 'alpha', 'add-ubi9': 'bravo' }[step];
    if (name === undefined) continue;
    await nx(['g', 'seqmirror:site', name, `--registry=${registry}/${name}`], runner);
    await nx(['run', `mirror-site-${name}:upload`], runner);
  }
}

async function photograph(
  file: string,
  { scheme, picture }: { readonly scheme: Scheme; readonly picture: string },
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: programPath('chromium') ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ colorScheme: scheme, viewport: size, deviceScaleFactor: 1.5 });
    await page.goto(pathToFileURL(file).href);
    await page.getByTitle(/^Choose how projects are displayed/).click();
    await page.getByText('Flat', { exact: true }).click();
    for (const name of ownProjects) await page.getByTitle(`Hide ${name}`).click();
    await page.getByTitle('Reset graph pan and zoom to center').click();
    await page.waitForTimeout(drawnMs);
    await page.screenshot({ path: picture, clip });
    console.log(relative(root, picture));
  } finally {
    await browser.close();
  }
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
drawGraph(stopping.signal).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
