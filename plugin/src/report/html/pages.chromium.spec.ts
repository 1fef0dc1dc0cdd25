/** Pages as a browser shows them. Nothing may be asked of a network, and nothing may be run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { describeWith, programPath } from '../../../../testing/lab/requirements';
import { writeReportFiles } from '../../reporting/write-report-files';
import type { ReportedMirror } from '../reported-mirror.fixture';
import { aReportedMirror, chain, hostile, withHostileTexts } from '../reported-mirror.fixture';

type Scheme = 'light' | 'dark';

const pages = ['index.html', 'transfers/T0002.html'] as const;
const phone = { width: 360, height: 740 };
const desk = { width: 1200, height: 900 };

describeWith(['chromium'], 'the pages of a report', () => {
  let mirror: ReportedMirror;
  let folder: string;
  let browser: Browser;
  let axe: string;
  beforeAll(async () => {
    mirror = await aReportedMirror();
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-pages-'));
    const report = await mirror.report();
    const both = [
      [report, 'plain'],
      [withHostileTexts(report), 'hostile'],
    ] as const;
    for (const [each, name] of both) {
      const files = [...(await mirror.files(each))].map(([path, text]) => ({ path, text }));
      await writeReportFiles({ root: folder, folder: join(folder, name) }, files);
    }
    const executablePath = programPath('chromium') as string;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    axe = await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  });
  afterAll(async () => {
    await browser?.close();
    await mirror.remove();
    await rm(folder, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    /** What the console says, errors of the page, and requests beside that for the page itself. */
    readonly troubles: string[];
  }

  async function open(
    path: string,
    {
      kind = 'plain',
      scheme = 'light',
      viewport = desk,
    }: { kind?: 'plain' | 'hostile'; scheme?: Scheme; viewport?: typeof desk } = {},
  ): Promise<Opened> {
    const page = await browser.newPage({ colorScheme: scheme, viewport });
    const troubles: string[] = [];
    const address = pathToFileURL(join(folder, kind, path)).href;
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('dialog', (dialog) => troubles.push(dialog.message()));
    page.on('request', (request) => {
      if (request.url() !== address) troubles.push(request.url());
    });
    await page.goto(address, { waitUntil: 'load' });
    return { page, troubles };
  }
  const overflow = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - window.innerWidth') as Promise<number>;
  const background = (page: Page): Promise<string> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor') as Promise<string>;

  it.each(pages)('%s asks for nothing and says nothing in the console, hostile texts included', async (path) => {
    for (const kind of ['plain', 'hostile'] as const) {
      const { page, troubles } = await open(path, { kind });
      expect(troubles).toEqual([]);
      await page.close();
    }
  });

  it('shows the sequences, sites and transfers as text', async () => {
    const { page } = await open('index.html');
    for (const text of [
      ...chain.sequences.map(({ folder: name }) => name),
      'alpha',
      'bravo',
      'charlie',
      'T0001',
      'T0002',
    ])
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    await page.getByText('What is new').first().click();
    expect(await page.getByText('registry.example/ubi9/image-0:1.0').isVisible()).toBe(true);
    await page.close();
  });

  it('leads from a transfer to its page, which has a bill of materials to save', async () => {
    const { page } = await open('index.html');
    await page.getByRole('link', { name: 'T0002' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Transfer T0002 for bravo, charlie');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'seq3-ubi9.cdx.json' }).click(),
    ]);
    const saved = await readFile(await download.path(), 'utf8');
    expect(saved).toBe((await mirror.files(await mirror.report())).get('sequences/seq3-ubi9.cdx.json'));
    await page.close();
  });

  it.each(pages)('%s shows hostile names as text', async (path) => {
    const { page } = await open(path, { kind: 'hostile' });
    const text = (await page.evaluate('document.body.innerText')) as string;
    expect(text).toContain(hostile.slice(0, hostile.indexOf('\u001b')));
    expect(text).toContain('\\u001b[31m\\u0007\\u202e &amp;');
    expect(await page.locator('script, img, iframe, object').count()).toBe(0);
    await page.close();
  });

  it.each(pages)('%s follows the colours that the system prefers', async (path) => {
    const found: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open(path, { scheme });
      found.push(await background(page));
      await page.close();
    }
    expect(found).toEqual(['rgb(252, 252, 251)', 'rgb(20, 24, 27)']);
  });

  it.each(pages)('%s fits a phone and a desk without scrolling sideways, hostile texts included', async (path) => {
    for (const kind of ['plain', 'hostile'] as const)
      for (const viewport of [phone, desk]) {
        const { page } = await open(path, { kind, viewport });
        expect(await overflow(page)).toBe(0);
        await page.close();
      }
  });

  it.each(pages)('%s is printed on light paper, with all that is folded on the screen', async (path) => {
    const { page } = await open(path, { scheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    const shown = "[...document.querySelectorAll('details li')].map((item) => item.checkVisibility())";
    const isEachShown = (await page.evaluate(shown)) as boolean[];
    expect(new Set(isEachShown)).toEqual(new Set(path === 'index.html' ? [true] : []));
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });

  it.each(pages)('axe finds nothing serious on %s, in both colour schemes and on a phone', async (path) => {
    for (const scheme of ['light', 'dark'] as const)
      for (const viewport of [desk, phone]) {
        const { page } = await open(path, { scheme, viewport });
        await page.evaluate(axe);
        const found = (await page.evaluate('axe.run()')) as {
          readonly passes: readonly unknown[];
          readonly violations: readonly {
            readonly id: string;
            readonly impact: string;
            readonly nodes: readonly { html: string }[];
          }[];
        };
        expect(found.passes.length).toBeGreaterThan(10);
        expect(found.violations.map(({ id, impact, nodes }) => [id, impact, nodes[0]?.html])).toEqual([]);
        await page.close();
      }
  });
});
