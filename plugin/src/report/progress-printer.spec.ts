import type { Screen } from './progress-printer';
import { progressPrinter } from './progress-printer';

const gigabyte = 1024 ** 3;

/** A printer with a clock that only moves when the test moves it, and what it wrote. */
function printer({ isTerminal }: { isTerminal: boolean }) {
  let nowMs = 0;
  const written: string[] = [];
  const screen: Screen = { isTerminal, columns: 100, write: (text) => void written.push(text) };
  const progress = progressPrinter(screen, { now: () => nowMs });
  return {
    progress,
    written,
    pass: (milliseconds: number) => {
      nowMs += milliseconds;
      jest.advanceTimersByTime(milliseconds);
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('progressPrinter', () => {
  it('draws a bar over itself on a terminal, with bytes, rate and time left', () => {
    const { progress, written, pass } = printer({ isTerminal: true });
    progress.step('mirror');
    progress.total(5.5 * gigabyte);
    for (let second = 0; second < 40; second += 1) {
      progress.advance(100 * 1024 ** 2);
      pass(1000);
    }
    expect(written.at(-1)).toMatchInlineSnapshot(
      `"  mirror   ━━━━━━━━━━━━━━━━━╸         71%  4.0 GiB of 5.5 GiB  100.0 MiB/s  0:17 left"`,
    );
    expect(written.at(-2)).toBe('\r\u001b[2K');
    progress.stop();
  });

  it('shows no rate before there is one', () => {
    const { progress, written, pass } = printer({ isTerminal: true });
    progress.step('mirror');
    progress.total(gigabyte);
    progress.advance(1024);
    pass(200);
    expect(written.at(-1)).toMatchInlineSnapshot(`"  mirror   ╸                           0%  1.0 KiB of 1.0 GiB"`);
    progress.stop();
  });

  it('forgets how fast it was more than two minutes ago', () => {
    const { progress, written, pass } = printer({ isTerminal: true });
    progress.step('mirror');
    progress.total(100 * gigabyte);
    progress.advance(50 * gigabyte);
    pass(1000);
    for (let second = 0; second < 200; second += 1) {
      progress.advance(1024 ** 2);
      pass(1000);
    }
    expect(written.at(-1)).toContain('1.1 MiB/s');
    progress.stop();
  });

  it('prints a line every half minute if there is no terminal', () => {
    const { progress, written, pass } = printer({ isTerminal: false });
    progress.step('mirror');
    progress.total(2 * gigabyte);
    for (let second = 0; second < 65; second += 1) {
      progress.advance(10 * 1024 ** 2);
      pass(1000);
    }
    expect(written).toMatchInlineSnapshot(`
      [
        "  mirror    14%  300.0 MiB of 2.0 GiB  10.0 MiB/s  2:55 left
      ",
        "  mirror    29%  600.0 MiB of 2.0 GiB  10.0 MiB/s  2:25 left
      ",
      ]
    `);
    progress.stop();
  });

  it('keeps lines that stay out of the bar, where they have a place of their own', () => {
    const [bar, lines]: [string[], string[]] = [[], []];
    const screen = { isTerminal: true, columns: 83, write: (text: string) => void bar.push(text) };
    const progress = progressPrinter({ ...screen, writeLine: (text) => void lines.push(text) }, { now: () => 0 });
    progress.step('upload');
    progress.total(gigabyte);
    jest.advanceTimersByTime(200);
    progress.done('all there');
    progress.stop();
    expect(bar.join('')).toContain('1.0 GiB');
    expect(lines).toEqual([expect.stringMatching(/^ {2}upload {3}all there +0:00\n$/)]);
  });

  it('ends a step with its fact and its time, and keeps notes', () => {
    const { progress, written, pass } = printer({ isTerminal: false });
    progress.step('verify');
    pass(31_000);
    progress.note('two\nlines');
    progress.done('every blob hashed');
    expect(written.slice(1)).toMatchInlineSnapshot(`
      [
        "  note     two
        note     lines
      ",
        "  verify   every blob hashed                                                   0:31
      ",
      ]
    `);
    progress.stop();
  });

  it('prints no control characters from its input', () => {
    const { progress, written, pass } = printer({ isTerminal: false });
    progress.step('mirror');
    progress.detail('quay.io/\u001b[31mred');
    pass(30_000);
    expect(written.join('')).not.toContain('\u001b');
    progress.stop();
  });
});
