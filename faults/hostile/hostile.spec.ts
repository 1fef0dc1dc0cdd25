import { formatBytes } from '../../plugin/src/system/byte-size';
import { runSeed, sizeOf, withSeed } from '../size';
import { mostMemoryBytes, tryCases } from './reader';

jest.setTimeout(sizeOf({ small: 10, full: 90 }) * 60_000);

const cases = sizeOf({ small: 450, full: 8_000 });
// Half of all that can go wrong here is in tar.
const archiveCases = sizeOf({ small: 1_200, full: 16_000 });

const folders = sizeOf({ small: 60, full: 4_000 });

const subjects: readonly (readonly [string, number])[] = [
  ['an archive that is indexed', archiveCases],
  ['an archive that is slimmed', cases],
  ['the name of an entry', cases],
  ['seq-metadata.yaml', cases],
  ['sequence.yaml', cases],
  ['custody.yaml', cases],
  ['seqmirror.yaml', cases],
  ['imageset-config.yaml', cases],
  ['imageset-config.pinned.yaml', cases],
  ['seq-inventory.jsonl', cases],
  ['chain.lock', cases],
  ['SHA256SUMS', cases],
  ['a manifest', cases],
  ['registries.conf', cases],
  ['the name of an image', cases],
  ['a catalog', cases],
  ['the images of a release', cases],
  ['an auth file', cases],
  ["oc-mirror's mapping", cases],
  // These work on whole folders.
  ['a mirror that is listed', folders],
  ['a folder that is validated', folders],
  ['an old folder that is adopted', folders],
  ['a frame that an archive is made of', cases],
];

// Its reader ignores lines that it cannot read.
const passedOver = ["oc-mirror's mapping"];

describe(withSeed('Hostile input'), () => {
  it.each(subjects)('in %s, %d times, is found or refused in words that can be printed', async (subject, count) => {
    const outcome = await tryCases({ subject, seed: runSeed(), from: 0, to: count });
    const { found, slowestMs, peakBytes, codes, wrong } = outcome;
    console.info(
      `${subject}: ${count} cases, ${found} found or refused (${[...codes].join(', ')}), ` +
        `${slowestMs.toFixed(0)} ms at most, ${formatBytes(peakBytes)}`,
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(peakBytes).toBeLessThan(mostMemoryBytes);
    // Else the cases are too tame to try anything.
    if (!passedOver.includes(subject)) expect(found).toBeGreaterThan(count / 8);
  });
});
