import type { EngineName } from '../../engine/engine';
import type { RunTime } from '../../mirror/run-times';

export interface ExpectedTime {
  readonly milliseconds: number;
  /** The basis of the estimate: bytes of archives per second, in this number of runs. */
  readonly bytesPerSecond: number;
  readonly runs: number;
}

const runsCounted = 5;

/**
 * How long a run will take, estimated from the past: the time that looking everything up took just now, which a run
 * does too, and the bytes at the rate of the engine's last five runs on this machine, in which large ones count more.
 *
 * @returns `undefined` if no past run of this engine here shows how fast it is
 */
export function expectedTime(
  runs: readonly RunTime[],
  { engine, bytes, lookUpMs }: { readonly engine: EngineName; readonly bytes: number; readonly lookUpMs: number },
): ExpectedTime | undefined {
  const counted = runs.filter((run) => run.engine === engine).slice(-runsCounted);
  if (counted.length === 0) return undefined;
  const made = counted.reduce((sum, run) => sum + run.bytes, 0);
  const took = counted.reduce((sum, run) => sum + run.milliseconds, 0);
  return {
    milliseconds: Math.round(lookUpMs + (bytes * took) / made),
    bytesPerSecond: Math.round((made * 1000) / took),
    runs: counted.length,
  };
}
