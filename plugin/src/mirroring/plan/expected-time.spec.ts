import type { RunTime } from '../../mirror/run-times';
import { expectedTime } from './expected-time';

const mebibyte = 1024 ** 2;
const run = (bytes: number, milliseconds: number, engine: RunTime['engine'] = 'embedded'): RunTime => ({
  number: 1,
  seal: `sha256:${'a'.repeat(64)}` as RunTime['seal'],
  engine,
  bytes,
  milliseconds,
});
const asked = { engine: 'embedded', bytes: 100 * mebibyte, lookUpMs: 500 } as const;

describe('expectedTime', () => {
  it('knows nothing without a past run of the same engine', () => {
    expect(expectedTime([], asked)).toBeUndefined();
    expect(expectedTime([run(50 * mebibyte, 1000, 'oc-mirror')], asked)).toBeUndefined();
  });

  it('adds the time of looking everything up to the bytes at the rate of past runs, in which large runs count more', () => {
    const runs = [run(90 * mebibyte, 9000), run(10 * mebibyte, 11_000)];
    expect(expectedTime(runs, asked)).toEqual({ milliseconds: 20_500, bytesPerSecond: 5 * mebibyte, runs: 2 });
  });

  it('uses the last five runs', () => {
    const slow = run(mebibyte, 100_000);
    const fast = Array.from({ length: 5 }, () => run(10 * mebibyte, 1000));
    expect(expectedTime([slow, ...fast], asked)).toMatchObject({ bytesPerSecond: 10 * mebibyte, runs: 5 });
  });
});
