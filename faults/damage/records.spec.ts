import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Depth } from '../../plugin/src/validation/validation';
import { diceFrom } from '../../testing/lab/random';
import { runSeed, sizeOf, withSeed } from '../size';
import type { Edit } from './records';
import { editsOfJsonLines, editsOfLines, editsOfYaml } from './records';
import type { SealedMirror } from './sealed-mirror';
import { buildSealedMirror } from './sealed-mirror';
import { allFindings, naming, validated } from './validated';

jest.setTimeout(10 * 60_000);

const folder = 'seq2-add-2';
// What somebody wrote, when, and what earlier archives once had; and the order of lines that are a set.
const isAnybodys = [
  'seq-metadata.yaml description',
  'seq-metadata.yaml timestamp',
  'seq-metadata.yaml air_gapped_transfer.cumulative_bytes',
  'SHA256SUMS line 1 behind the next',
];
const plan = { sequences: 4, images: 2, layers: 1, layerBytes: 3_000, archiveBytes: 60_000 };

describe(withSeed('Edited records'), () => {
  let mirror: SealedMirror;
  let content: string;
  beforeAll(async () => {
    mirror = await buildSealedMirror({ ...plan, seed: runSeed() });
    content = join(mirror.mirror.root, 'content');
  });
  afterAll(() => mirror?.remove());

  async function isFound(depth: Depth, name: string): Promise<boolean> {
    const validation = await validated(mirror, { depth });
    return !validation.sound && naming(allFindings(validation), name).length > 0;
  }

  /** Edits of a file that validation says nothing of, or does not name it for. */
  async function passed(file: string, edits: readonly Edit[], name: string): Promise<string[]> {
    const path = join(content, file);
    const before = await readFile(path);
    const silent: string[] = [];
    for (const { place, text } of edits) {
      await writeFile(path, text);
      if (!(await isFound('quick', name)) && !(await isFound('deep', name))) silent.push(place);
    }
    await writeFile(path, before);
    return silent;
  }

  it.each([
    { file: 'imageset-config.yaml', editsOf: editsOfYaml },
    { file: 'imageset-config.pinned.yaml', editsOf: editsOfYaml },
    { file: 'seq-metadata.yaml', editsOf: editsOfYaml },
    { file: 'seq-inventory.jsonl', editsOf: editsOfJsonLines },
    { file: 'SHA256SUMS', editsOf: editsOfLines },
  ])('of $file are found, whatever is edited, and the sequence is named', async ({ file, editsOf }) => {
    const text = await readFile(join(content, folder, file), 'utf8');
    const edits = editsOf(file, text).filter(({ text: edited }) => edited !== text);
    expect(edits.length).toBeGreaterThan(2);
    const tried = diceFrom(runSeed(), file)
      .shuffled(edits)
      .slice(0, sizeOf({ small: 15, full: edits.length }));
    const silent = await passed(join(folder, file), tried, folder);
    expect(silent.filter((place) => !isAnybodys.includes(place))).toEqual([]);
  });

  it('of chain.lock are found, reordered lines and forks among them', async () => {
    const text = await readFile(join(content, 'chain.lock'), 'utf8');
    const edits = editsOfLines('chain.lock', text);
    const [second = '', third = ''] = text.split('\n').filter((line) => /^[23] /.test(line));
    const fork = { place: 'a fork', text: text + second.replace(/seq2-\S+/, 'seq2-other') + '\n' };
    const swapped = { place: 'seals exchanged', text: text.replace(second, `2 seq2-add-2 ${third.split(' ')[2]}`) };
    expect(await passed('chain.lock', [...edits, fork, swapped], '')).toEqual([]);
  });
});
