/**
 * Draws progress on stderr: on a terminal a bar that is drawn over, elsewhere a line every 30 seconds. When a step is
 * done its line stays, with the fact that it established and the time that it took.
 */
import { isatty, WriteStream } from 'node:tty';
import { formatBytes } from '../system/byte-size';
import { formatDuration } from '../system/duration';
import type { Progress } from '../system/progress';
import { columnsOf, fitLines, usualColumns } from '../system/fit-lines';
import { printable } from '../system/printable';
import type { RateEstimate } from './rate';
import { rateEstimate } from './rate';

export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
  /** Takes lines that stay, where they go elsewhere than the bar: into a pipe whose reader prints them on the screen. */
  readonly writeLine?: ((text: string) => void) | undefined;
}

export interface ProgressPrinter extends Progress {
  /** Ends drawing. A step under way ends without its fact. */
  stop(): void;
}

const drawEveryMs = 100;
const lineEveryMs = 30_000;
const barCells = 24;

interface Step {
  readonly name: string;
  readonly startedMs: number;
  readonly rate: RateEstimate;
  total: number;
  bytes: number;
  detail: string;
}

/** On stderr, since stdout is for results. */
export function progressOnStderr(): ProgressPrinter {
  const { stderr } = process;
  return progressPrinter(
    { isTerminal: stderr.isTTY === true, columns: columnsOf(stderr), write: (text) => void stderr.write(text) },
    { now: () => performance.now() },
  );
}

/** The same with the bar on another open file, if that is a terminal. */
export function progressWithBarOn(file: number): ProgressPrinter {
  if (!isatty(file)) return progressOnStderr();
  const terminal = new WriteStream(file);
  return progressPrinter(
    {
      isTerminal: true,
      columns: Math.min(columnsOf(terminal), usualColumns),
      write: (text) => void terminal.write(text),
      writeLine: (text) => void process.stderr.write(text),
    },
    { now: () => performance.now() },
  );
}

/** @param now milliseconds of a clock that never goes back */
export function progressPrinter(screen: Screen, { now }: { now: () => number }): ProgressPrinter {
  let step: Step | undefined;
  let drawn = false;
  const writeLine = screen.writeLine ?? ((text: string) => screen.write(text));
  const clear = (): void => {
    if (drawn) screen.write('\r\u001b[2K');
    drawn = false;
  };
  const draw = (): void => {
    if (step === undefined) return;
    const line = lineOf(step, { nowMs: now(), columns: screen.columns, bar: screen.isTerminal });
    if (screen.isTerminal) {
      clear();
      screen.write(line);
      drawn = true;
    } else if (now() - step.startedMs >= lineEveryMs / 2) {
      screen.write(`${line}\n`);
    }
  };
  const timer = setInterval(draw, screen.isTerminal ? drawEveryMs : lineEveryMs);
  // The timer must not keep the process alive.
  timer.unref();

  return {
    step(name) {
      step = { name, startedMs: now(), rate: rateEstimate(), total: 0, bytes: 0, detail: '' };
    },
    total(bytes) {
      if (step !== undefined) step.total = bytes;
    },
    advance(bytes) {
      if (step === undefined) return;
      step.bytes += bytes;
      step.rate.add(bytes, now());
    },
    detail(text) {
      if (step !== undefined) step.detail = printable(text);
    },
    note(text) {
      clear();
      writeLine(
        `${fitLines(text, screen.columns - '  note     '.length)
          .split('\n')
          .map((line) => `  note     ${line}`)
          .join('\n')}\n`,
      );
    },
    done(fact) {
      clear();
      if (step === undefined) return;
      writeLine(
        `${withTime(`  ${step.name.padEnd(8)} ${fact}`, formatDuration(now() - step.startedMs), screen.columns)}\n`,
      );
      step = undefined;
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

function lineOf(step: Step, { nowMs, columns, bar }: { nowMs: number; columns: number; bar: boolean }): string {
  const head = `  ${step.name.padEnd(8)} `;
  const elapsed = formatDuration(nowMs - step.startedMs);
  if (step.total === 0) {
    const bytes = step.bytes === 0 ? '' : `  ${formatBytes(step.bytes)}`;
    return cut(aligned(`${head}${step.detail}${bytes}`, elapsed, columns), columns);
  }
  const share = Math.min(1, step.bytes / step.total);
  const parts = [
    ...(bar ? [barOf(share)] : []),
    `${Math.floor(share * 100)}%`.padStart(4),
    `${formatBytes(step.bytes)} of ${formatBytes(step.total)}`,
    ...rateAndRest(step, nowMs),
    ...(step.detail === '' ? [] : [step.detail]),
  ];
  return cut(`${head}${parts.join('  ')}`, columns);
}

function rateAndRest(step: Step, nowMs: number): string[] {
  const rate = step.rate.bytesPerSecond(nowMs);
  if (rate === undefined || rate === 0) return [];
  const left = Math.max(0, step.total - step.bytes);
  return [`${formatBytes(Math.floor(rate))}/s`, `${formatDuration((left / rate) * 1000)} left`];
}

function barOf(share: number): string {
  const full = Math.floor(share * barCells);
  return full === barCells ? '━'.repeat(barCells) : `${'━'.repeat(full)}╸${' '.repeat(barCells - full - 1)}`;
}

function aligned(left: string, right: string, columns: number): string {
  const width = Math.min(columns, usualColumns);
  return left.length + right.length + 1 > width ? `${left}  ${right}` : `${left.padEnd(width - right.length)}${right}`;
}

/** The time at the end of the last line. */
function withTime(text: string, time: string, columns: number): string {
  const lines = fitLines(text, Math.min(columns, usualColumns) - time.length - 1).split('\n');
  return [...lines.slice(0, -1), aligned(lines.at(-1) ?? '', time, columns)].join('\n');
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
