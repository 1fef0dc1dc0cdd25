import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { hexOf } from '../oci/digest';
import type { ReportedMirror } from './reported-mirror.fixture';
import { aReportedMirror, chain, hostile, withHostileTexts } from './reported-mirror.fixture';

let mirror: ReportedMirror;
beforeAll(async () => {
  mirror = await aReportedMirror();
});
afterAll(() => mirror.remove());

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly properties?: readonly { name: string; value: string }[] };
  readonly components: readonly {
    readonly name: string;
    readonly purl: string;
    readonly hashes: readonly { alg: string; content: string }[];
    readonly properties: readonly { name: string; value: string }[];
  }[];
}

describe('a report', () => {
  it('adds up bytes, and says what each site has, lacks and waits for', async () => {
    const { totals, sites, recordsUpTo } = await mirror.report();
    const bytes = chain.sequences.map(({ metadata }) => metadata.archives[0]!.bytes);
    expect(totals.archiveBytes).toBe(bytes.reduce((sum, each) => sum + each));
    expect(totals.savedBytes).toBe(Math.max(0, totals.completeArchivesBytes - totals.archiveBytes));
    expect(totals.sitesUpToDate).toBe(1);
    expect(recordsUpTo).toBe('2026-11-12T10:00:00Z');
    expect(sites.map(({ site, head, lag, onTheWay }) => [site, head?.number, lag.sequences, onTheWay])).toEqual([
      ['alpha', 3, 0, []],
      ['bravo', 1, 2, [{ id: 'T0002', head: 3, made: '2026-11-12T10:00:00Z', due: '2026-12-12' }]],
      ['charlie', undefined, 3, [{ id: 'T0002', head: 3, made: '2026-11-12T10:00:00Z', due: undefined }]],
    ]);
  });

  it('is the same on another day: only the records decide', async () => {
    const [today, later] = [await mirror.report(), await mirror.report('2029-01-01T00:00:00Z')];
    expect(later).toEqual(today);
    expect(await mirror.files(later)).toEqual(await mirror.files(today));
  });

  it('has files for all sequences and transfers, or for the newest of each; index.html is the last', async () => {
    const report = await mirror.report();
    const files = [...(await mirror.files(report, 'all')).keys()];
    expect(files.at(-1)).toBe('index.html');
    expect(files.sort()).toEqual([
      'index.html',
      'report.json',
      'report.md',
      'sequences/seq1-baseline.cdx.json',
      'sequences/seq1-baseline.intoto.json',
      'sequences/seq2-logging.cdx.json',
      'sequences/seq2-logging.intoto.json',
      'sequences/seq3-ubi9.cdx.json',
      'sequences/seq3-ubi9.intoto.json',
      'transfers/T0001.html',
      'transfers/T0002.html',
    ]);
    expect([...(await mirror.files(report, 'newest')).keys()].sort()).toEqual([
      'index.html',
      'report.json',
      'report.md',
      'sequences/seq3-ubi9.cdx.json',
      'sequences/seq3-ubi9.intoto.json',
      'transfers/T0002.html',
    ]);
  });

  it('links only pages that it has', async () => {
    const report = await mirror.report();
    const links = async (which: 'all' | 'newest') =>
      [...(await mirror.files(report, which)).get('index.html')!.matchAll(/<a href="([^"]+)"/g)].map(
        ([, path]) => path,
      );
    expect(await links('all')).toEqual(['transfers/T0002.html', 'transfers/T0001.html']);
    expect(await links('newest')).toEqual(['transfers/T0002.html']);
  });
});

describe('the bill of materials of a sequence', () => {
  it('is CycloneDX 1.6 by the published schema, with hostile texts too', async () => {
    const report = await mirror.report();
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    for (const each of [report, withHostileTexts(report)]) {
      const boms = [...(await mirror.files(each))].filter(([path]) => path.endsWith('.cdx.json'));
      expect(boms).toHaveLength(3);
      for (const [, text] of boms) expect(await validator.validate(text)).toBeNull();
    }
  });

  it('has every image by its digest, and marks what the sequence changed', async () => {
    const files = await mirror.files(await mirror.report());
    const bom = JSON.parse(files.get('sequences/seq2-logging.cdx.json')!) as Bom;
    const { images, metadata } = chain.sequences[1]!;
    const own = images.filter(({ attachedTo }) => attachedTo === undefined);
    const digestsIn = ({ components }: Bom) => components.map(({ hashes }) => hashes[0]!.content).sort();
    expect(digestsIn(bom)).toEqual(own.map(({ digest }) => hexOf(digest)).sort());
    const sourcesOf = (change: string) =>
      bom.components
        .filter(({ properties }) =>
          properties.some(({ name, value }) => name === 'seqmirror:change' && value === change),
        )
        .map(({ properties }) => properties.find(({ name }) => name === 'seqmirror:source')!.value)
        .sort();
    expect(sourcesOf('added')).toEqual(metadata.changes.added);
    expect(sourcesOf('updated')).toEqual(metadata.changes.updated);
    expect(sourcesOf('unchanged')).toHaveLength(own.length - 3);
    const removed = (bom.metadata.properties ?? []).map(({ name, value }) => [name, value]);
    expect(removed).toEqual(metadata.changes.removed.map((source) => ['seqmirror:removed', source]));
  });

  it('names images by package URLs, and itself by the seal', async () => {
    const files = await mirror.files(await mirror.report());
    const bom = JSON.parse(files.get('sequences/seq1-baseline.cdx.json')!) as Bom;
    const digest = chain.sequences[0]!.images.find(({ source }) => source.endsWith('image-0:1.0'))!.digest;
    expect(bom.components.map(({ purl }) => purl)).toContain(
      `pkg:oci/image-0@${digest.replace(':', '%3A')}?repository_url=registry.example/baseline/image-0&tag=1.0`,
    );
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Date.parse(bom.metadata.timestamp)).toBe(Date.parse(chain.sequences[0]!.metadata.timestamp));
  });

  it('says which signatures are mirrored, and "not recorded" where the records say nothing', async () => {
    const files = await mirror.files(await mirror.report());
    const bom = JSON.parse(files.get('sequences/seq1-baseline.cdx.json')!) as Bom;
    const signatures = bom.components.map(
      ({ properties }) => properties.find(({ name }) => name === 'seqmirror:signature')!.value,
    );
    expect(new Set(signatures)).toEqual(new Set(['cosign signature mirrored, not checked', 'not recorded']));
  });
});

describe('the statement of a sequence', () => {
  it('is in-toto version 1: archives by their hashes, and the images that they were made from', async () => {
    const files = await mirror.files(await mirror.report());
    const { metadata, images, seal } = chain.sequences[1]!;
    const statement = JSON.parse(files.get('sequences/seq2-logging.intoto.json')!) as {
      readonly predicate: { readonly buildDefinition: { readonly resolvedDependencies: readonly unknown[] } };
    };
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'seq2-logging/mirror_000001.tar', digest: { sha256: metadata.archives[0]!.sha256 } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: { externalParameters: { seal, previous: chain.sequences[0]!.seal } },
        runDetails: { metadata: { invocationId: seal, finishedOn: metadata.timestamp } },
      },
    });
    expect(statement.predicate.buildDefinition.resolvedDependencies).toHaveLength(
      images.filter(({ attachedTo }) => attachedTo === undefined).length,
    );
  });
});

describe('the page of a transfer', () => {
  it('has every image with its digest, marks what is new for the site, and holds the bill of materials', async () => {
    const files = await mirror.files(await mirror.report());
    const page = files.get('transfers/T0002.html')!;
    const own = chain.sequences[2]!.images.filter(({ attachedTo }) => attachedTo === undefined);
    for (const { digest } of own) expect(page).toContain(digest);
    const before = new Set(chain.sequences[0]!.images.map(({ digest }) => digest));
    const added = own.filter(({ digest }) => !before.has(digest)).length;
    expect(added).toBeGreaterThan(0);
    expect(page.match(/<span class="good">new<\/span>/g)).toHaveLength(added);
    const [, base64] = /href="data:application\/vnd\.cyclonedx\+json;base64,([^"]+)"/.exec(page) ?? [];
    expect(Buffer.from(base64!, 'base64').toString()).toBe(files.get('sequences/seq3-ubi9.cdx.json'));
    expect(page).toContain('c'.repeat(64));
  });
});

describe('hostile texts', () => {
  it('are text in HTML', async () => {
    const files = await mirror.files(withHostileTexts(await mirror.report()));
    for (const path of ['index.html', 'transfers/T0002.html']) {
      const page = files.get(path)!;
      expect(page).toContain('&#60;script src=&#34;https://evil.example/x.js&#34;&#62;alert(1)&#60;/script&#62;');
      expect(page).not.toMatch(/<script|<img|[^\P{Cc}\n]|\p{Cf}/u);
      expect(page).toContain('\\u001b[31m\\u0007\\u202e');
    }
  });

  it('are code in Markdown, on their line and in their cell', async () => {
    const files = await mirror.files(withHostileTexts(await mirror.report()));
    const text = files.get('report.md')!;
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    const lines = text.split('\n').filter((line) => line.includes('evil.example'));
    expect(lines.length).toBeGreaterThan(10);
    // What is left without code has nothing of it, and no bar that would begin a cell.
    for (const line of lines) expect(line.replace(/`[^`]*`/g, '')).not.toMatch(/evil|script|everyone/);
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length))).toEqual(new Set([7, 8, 9]));
  });

  it('stay what they are in JSON, for programs', async () => {
    const files = await mirror.files(withHostileTexts(await mirror.report()));
    expect((JSON.parse(files.get('report.json')!) as { mirror: string }).mirror).toBe(hostile);
  });
});
