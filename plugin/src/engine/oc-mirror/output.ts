import { createInterface } from 'node:readline';
import type { RunningProgram } from '../../system/process';
import type { Event } from './log';
import { eventOf, parseLine } from './log';

/** The output of one run of oc-mirror, as far as decisions depend on it. */
export interface RunOutput {
  readonly imagesToCopy: number | undefined;
  readonly copied: number;
  readonly failed: readonly string[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly panic: string | undefined;
  readonly archiving: boolean;
}

// A message is kept with the lines that belong to it, but a flood of them must not fill the memory.
const longestMessage = 4000;
const mostMessages = 200;
const longestLine = 64 * 1024;

/**
 * Reads both streams of a running oc-mirror to their end and passes on their meaning while it runs. Memory is bounded
 * however much it prints.
 */
export async function readOutput(program: RunningProgram, onEvent: (event: Event) => void): Promise<RunOutput> {
  const output = {
    imagesToCopy: undefined as number | undefined,
    copied: 0,
    failed: [] as string[],
    errors: [] as string[],
    warnings: [] as string[],
    panic: undefined as string | undefined,
    archiving: false,
  };
  const read = async (stream: NodeJS.ReadableStream): Promise<void> => {
    let open: string[] | undefined;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const parsed = parseLine(line.slice(0, longestLine));
      const event = eventOf(parsed);
      if (parsed.level === undefined && event === undefined) {
        continueMessage(open, parsed.text);
        continue;
      }
      open = undefined;
      if (event === undefined) continue;
      onEvent(event);
      if (event.event === 'images to copy') output.imagesToCopy = event.count;
      else if (event.event === 'copied') output.copied += 1;
      else if (event.event === 'copy failed') push(output.failed, event.reference);
      else if (event.event === 'panic') output.panic ??= event.text;
      else if (event.event === 'archiving') output.archiving = true;
      else if (event.event === 'error' || event.event === 'warning') {
        open = event.event === 'error' ? output.errors : output.warnings;
        if (!push(open, event.text)) open = undefined;
      }
    }
  };
  await Promise.all([read(program.stdout), read(program.stderr)]);
  return output;
}

function push(list: string[], text: string): boolean {
  if (list.length >= mostMessages) return false;
  list.push(text.slice(0, longestMessage));
  return true;
}

function continueMessage(messages: string[] | undefined, text: string): void {
  const last = messages?.at(-1);
  if (messages === undefined || last === undefined || text === '' || last.length > longestMessage) return;
  messages[messages.length - 1] = `${last}\n${text}`.slice(0, longestMessage);
}
