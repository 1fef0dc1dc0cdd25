import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Manifest } from '../../plugin/src/oci/manifest';
import { parseManifest } from '../../plugin/src/oci/manifest';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import { runSeed, sizeOf, withSeed } from '../size';
import { compileGo, hasGo } from './two-readers/go-program';
import { manifestCases } from './two-readers/json-cases';
import type { TarCase } from './two-readers/tar-cases';
import { goArchives, pairedChanges, tarCases } from './two-readers/tar-cases';
import type { TarJudge } from './two-readers/tar-judges';
import { difference, gnuJudge, goJudge, ourVerdicts, pythonJudge } from './two-readers/tar-judges';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const cases = sizeOf({ small: 1_500, full: 50_000 });
const goCases = sizeOf({ small: 300, full: 5_000 });
const batch = 500;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'seqmirror-two-readers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const withGo = hasGo ? it : it.skip;
const goProgram = (() => {
  let program: string | undefined;
  return (): string => (program ??= compileGo('tar_judge.go', folder));
})();

describe(withSeed('Archives that two programs may read differently'), () => {
  const chance = (from: number): TarCase[] =>
    fc.sample(tarCases, { numRuns: Math.min(batch, cases - from), seed: runSeed() + from });

  async function disagreements(
    judge: TarJudge,
    { count, samplesFrom }: { count: number; samplesFrom: (from: number) => TarCase[] },
  ): Promise<{ taken: number; wrong: string[] }> {
    const wrong: string[] = [];
    let taken = 0;
    for (let from = 0; from < count; from += batch) {
      const samples = samplesFrom(from);
      const place = await mkdtemp(join(folder, 'cases-'));
      for (const [number, { archive }] of samples.entries())
        await writeFile(join(place, `${String(number).padStart(6, '0')}.tar`), archive);
      const ours = await ourVerdicts(place);
      const theirs = judge.verdicts(place);
      await rm(place, { recursive: true });
      expect(theirs).toHaveLength(samples.length);
      for (const [number, { words }] of samples.entries()) {
        if (ours[number]?.error === null) taken += 1;
        const differs = difference(ours[number]!, theirs[number]!);
        if (differs !== undefined) wrong.push(`case ${from + number} (${words.join('; ')}): ${judge.name} ${differs}`);
      }
    }
    return { taken, wrong };
  }

  async function expectAgreement(judge: TarJudge): Promise<void> {
    const { taken, wrong } = await disagreements(judge, { count: cases, samplesFrom: chance });
    console.info(`${judge.name}: ${cases} archives, ${taken} of them taken`);
    expect(wrong.slice(0, 5)).toEqual([]);
    // Else the cases are too wild to say anything.
    expect(taken).toBeGreaterThan(cases / 5);
  }

  it.each([
    { name: 'GNU tar', judge: () => gnuJudge },
    { name: "Python's tarfile", judge: () => pythonJudge },
    ...(hasGo ? [{ name: "Go's archive/tar", judge: () => goJudge(goProgram()) }] : []),
  ])('with two changes of one header are refused, or $name reads the same', async ({ judge }) => {
    const all = pairedChanges();
    // In the small size, others each time.
    const step = sizeOf({ small: 13, full: 1 });
    const some = all.filter((_, index) => (index + runSeed()) % step === 0);
    const { wrong } = await disagreements(judge(), {
      count: some.length,
      samplesFrom: (from) => some.slice(from, from + batch),
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it("are refused, or Python's tarfile reads the same names, sizes, types and contents", () =>
    expectAgreement(pythonJudge));

  it('are refused, or GNU tar reads the same', () => expectAgreement(gnuJudge));

  withGo("are refused, or Go's archive/tar reads the same, and with it oc-mirror", () =>
    expectAgreement(goJudge(goProgram())),
  );

  withGo("are not refused where Go's archive/tar wrote them, whatever the files and their owners", async () => {
    const place = await mkdtemp(join(folder, 'go-'));
    const samples = fc.sample(goArchives, { numRuns: goCases, seed: runSeed() });
    execFileSync(goProgram(), ['write', place], { input: JSON.stringify(samples) });
    const ours = await ourVerdicts(place);
    const wrong = ours.flatMap(({ entries, error }, number) => {
      const expected = samples[number]!.map(({ name, body }) => [
        Buffer.from(name).toString('hex'),
        Buffer.byteLength(body),
      ]);
      const found = entries.map(({ name, bytes }) => [name, bytes]);
      return error === null && JSON.stringify(found) === JSON.stringify(expected) ? [] : [[error, samples[number]]];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

describe(withSeed('Manifests that two programs may read differently'), () => {
  function ours(text: string): Manifest | undefined {
    try {
      return parseManifest(Buffer.from(text), undefined);
    } catch (error) {
      if (isSeqmirrorError(error)) return undefined;
      throw error;
    }
  }

  function referencesOf(manifest: Manifest): string {
    const parts = manifest.kind === 'image' ? [manifest.config, ...manifest.layers] : manifest.manifests;
    return JSON.stringify(parts.map(({ digest, bytes }) => [digest, bytes]));
  }

  /** @param knowsCapitals whether the judge takes keys in other capitals, as Go does */
  function expectAgreement(
    program: readonly [string, ...string[]],
    { knowsCapitals }: { knowsCapitals: boolean },
  ): void {
    const texts = fc.sample(manifestCases, { numRuns: cases, seed: runSeed() });
    const [file, ...args] = program;
    const lines = execFileSync(file, args, {
      input: texts.map((text) => `${Buffer.from(text).toString('hex')}\n`).join(''),
      maxBuffer: 512 * 1024 ** 2,
    });
    const verdicts = lines.toString('utf8').trimEnd().split('\n');
    expect(verdicts).toHaveLength(texts.length);
    let taken = 0;
    const wrong: unknown[] = [];
    for (const [number, text] of texts.entries()) {
      const manifest = ours(text);
      if (manifest === undefined || (manifest.oddKeys !== undefined && !knowsCapitals)) continue;
      taken += 1;
      const { references, error } = JSON.parse(verdicts[number]!) as { references: unknown; error: string | null };
      if (error !== null || JSON.stringify(references) !== referencesOf(manifest))
        wrong.push({ text, error, theirs: references, ours: referencesOf(manifest) });
    }
    console.info(`${file}: ${cases} manifests, ${taken} of them taken`);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(taken).toBeGreaterThan(cases / 5);
  }

  it("are refused, or Python's json finds the same references, but for keys in other capitals", () =>
    expectAgreement(['python3', join(__dirname, 'two-readers/json_judge.py')], { knowsCapitals: false }));

  withGo("are refused, or Go's encoding/json finds the same references", () =>
    expectAgreement([compileGo('json_judge.go', folder)], { knowsCapitals: true }),
  );
});
