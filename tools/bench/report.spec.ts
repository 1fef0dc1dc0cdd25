import type { Benchmark } from './benchmark';
import { meetsBar } from './benchmark';
import { measured } from './measured';
import { jsonOf, renderOutcome } from './report';

const benchmark: Benchmark = {
  name: 'engine',
  title: 'mirror to disk',
  needs: [],
  run: () => Promise.reject(new Error('not run here')),
};

describe('a report', () => {
  it('shows median and range of both sides, the ratio, and whether the bar is met', () => {
    const rows = [
      {
        what: 'wall time',
        ours: measured('seconds', [12, 10, 20]),
        theirs: { name: 'oc-mirror', value: measured('seconds', [24, 24, 24]) },
        floor: { name: 'curl', value: measured('seconds', [8, 8, 9]) },
        bar: { of: 'ratio', atMost: 1 },
        floorBar: 1.35,
      },
      { what: 'peak memory', ours: measured('bytes', [190e6, 205e6]), bar: { of: 'our worst', atMost: 200e6 } },
      { what: 'archive', ours: measured('bytes', [2e9]) },
    ] as const;
    const result = { rows, notes: ['the page cache is warm'], skipped: ['the other one: no gpg'] };
    expect(`\n${renderOutcome({ benchmark, kind: 'measured', result })}\n`).toMatchInlineSnapshot(`
      "
      engine: mirror to disk
                     OURS                          PEER               RATIO  FLOOR                        RATIO  BAR                      MET
        wall time    12.00 s (10.00 s-20.00 s)     24.00 s oc-mirror  0.50x  8.00 s (8.00 s-9.00 s) curl  1.50x  <= 1x, <= 1.35x floor    NO
        peak memory  197.5 MB (190.0 MB-205.0 MB)  -                  -      -                            -      <= 200.0 MB in all runs  NO
        archive      2.00 GB                       -                  -      -                            -      -                        -
        skipped: the other one: no gpg
        note: the page cache is warm
      "
    `);
    expect(jsonOf({ benchmark, kind: 'measured', result })).toMatchObject({
      rows: [{ ratio: 0.5, floorRatio: 1.5, met: false }, { ratio: null, met: false }, { met: null }],
    });
  });

  it('names what was skipped, and why', () => {
    expect(renderOutcome({ benchmark, kind: 'skipped', why: 'no oc-mirror' })).toBe(
      'engine: mirror to disk\n  skipped: no oc-mirror',
    );
  });
});

describe('a bar on a difference', () => {
  const row = (ours: number) => ({
    what: 'nx show projects',
    ours: measured('seconds', [ours]),
    theirs: { name: 'without', value: measured('seconds', [1]) },
    bar: { of: 'difference', atMost: 0.5 } as const,
  });

  it('is met up to the difference, and not beyond', () => {
    expect([1.5, 1.51].map((ours) => meetsBar(row(ours)))).toEqual([true, false]);
  });
});
