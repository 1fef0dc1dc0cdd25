import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RunningProgram } from '../../system/process';
import type { Event } from './log';
import { eventOf, parseLine } from './log';
import type { RunOutput } from './output';
import { readOutput } from './output';

// Recorded from oc-mirror main (855b64a3, 2026-08), with colours, over the upstream of testing/lab/openshift.
const recorded = (name: string): string => readFileSync(join(__dirname, 'recorded', name), 'utf8');

function readText(text: string): Promise<{ output: RunOutput; events: Event[] }> {
  const events: Event[] = [];
  const program: RunningProgram = {
    pid: 1,
    stdout: Readable.from([Buffer.from(text)]),
    stderr: Readable.from([]),
    ended: Promise.resolve({ exitCode: 0, signal: undefined }),
  };
  return readOutput(program, (event) => events.push(event)).then((output) => ({ output, events }));
}

describe('parseLine', () => {
  it.each([
    [
      '2026/11/23 17:22:20 \u001b[1;94m [INFO] \u001b[0m  : 📌 images to copy 9 ',
      { level: 'info', text: '📌 images to copy 9' },
    ],
    [
      '2026/11/23 17:22:20 \u001b[1;91m [ERROR] \u001b[0m : [Executor] no images ',
      { level: 'error', text: '[Executor] no images' },
    ],
    ['2026/11/23 17:22:20  [WARN]   : odd', { level: 'warning', text: 'odd' }],
    ['\t * mirroring the failing images manually', { text: '\t * mirroring the failing images manually' }],
    [
      '127.0.0.1 - - [23/Nov/2026:17:22:29 +0000] "GET /v2/ HTTP/1.1" 200 2',
      expect.not.objectContaining({ level: 'info' }),
    ],
  ])('reads %j', (line, expected) => {
    expect(parseLine(line)).toEqual(expected);
  });
});

describe('eventOf', () => {
  it.each([
    [
      ' ✓  191 / 191 release images mirrored successfully',
      { event: 'result', copied: 191, total: 191, kind: 'release' },
    ],
    [
      '✗  8 / 21 operator images mirrored: Some operator images failed to be mirrored - please check the logs',
      { event: 'result', copied: 8, total: 21, kind: 'operator' },
    ],
    [
      'Success copying docker://registry.redhat.io/a/b@sha256:0 ➡️ cache',
      { event: 'copied', reference: 'registry.redhat.io/a/b@sha256:0' },
    ],
    ['🔍 collecting helm images...', { event: 'collecting', kind: 'helm' }],
    ['📦 Preparing the tarball archive...', { event: 'archiving' }],
    ['👋 Goodbye, thank you for using oc-mirror', undefined],
  ])('reads %j', (text, expected) => {
    expect(eventOf({ level: 'info', text })).toEqual(expected);
  });

  it('knows a panic, which has no level', () => {
    expect(eventOf({ text: 'panic: StorageDriver not registered: ' })).toMatchObject({ event: 'panic' });
  });
});

describe('readOutput', () => {
  it('counts what a good run did', async () => {
    const { output, events } = await readText(recorded('success.log'));
    expect(output).toEqual({
      imagesToCopy: 9,
      copied: 9,
      failed: [],
      errors: [],
      warnings: [],
      panic: undefined,
      archiving: true,
    });
    expect(events.filter(({ event }) => event === 'result')).toEqual([
      { event: 'result', kind: 'release', copied: 5, total: 5 },
      { event: 'result', kind: 'operator', copied: 3, total: 3 },
      { event: 'result', kind: 'additional', copied: 1, total: 1 },
    ]);
  });

  it('keeps the failures of a run and the lines that belong to a message', async () => {
    const { output } = await readText(recorded('failing.log'));
    expect(output.failed).toEqual([
      'registry.redhat.io/lab/none@sha256:1d6c04e7e5a4ebb2f9ba36e7e5005219c0756972fed8ec99639c23f1b953fb72',
      'registry.redhat.io/ubi9/ubi:0.0',
    ]);
    expect(output.archiving).toBe(false);
    expect(output.errors.at(-1)?.split('\n')).toHaveLength(6);
  });

  it('stays small however much oc-mirror prints', async () => {
    const line = `2026/11/23 17:22:20  [ERROR]   : ${'x'.repeat(2000)}\n${'more\n'.repeat(5000)}`;
    const { output } = await readText(line.repeat(300));
    expect(output.errors).toHaveLength(200);
    expect(Math.max(...output.errors.map((error) => error.length))).toBeLessThanOrEqual(4000);
  });
});
