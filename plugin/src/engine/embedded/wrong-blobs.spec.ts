import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyArchives } from '../../archive/verify';
import { digestOf, sendingBlob } from '../../registry/scripted-registry.fixture';
import type { MirrorRequest, StagedArchives } from '../engine';
import { embeddedEngine } from './embedded';
import type { Source } from './source.fixture';
import { createSource } from './source.fixture';

jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

const version = { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' } as const;
const mirror = (request: MirrorRequest): Promise<StagedArchives> => embeddedEngine.mirrorToDisk(request, version);
const layer = Buffer.alloc(3_000_000, 'right');
const other = Buffer.alloc(3_000_000, 'wrong');
const digest = digestOf(layer);
const path = `GET /v2/lab/app/blobs/${digest}`;
const asked = (): number => source.requests.filter((line) => line === path).length;

/** Sends other bytes of the same length, so often. */
function sendWrong(times: number): void {
  let left = times;
  source.faults.set(path, (request, response) => {
    left -= 1;
    if (left <= 0) source.faults.delete(path);
    sendingBlob(other)(request, response);
  });
}

function requestFor(more: Partial<MirrorRequest> = {}): MirrorRequest {
  source.image('lab/app', 'v1', [layer, 'small']);
  source.image('lab/more', 'v1', ['more']);
  return source.request(source.document('lab/app:v1', 'lab/more:v1'), more);
}

async function journalOf({ stage }: MirrorRequest): Promise<string> {
  return readFile(join(stage, 'fetch', 'journal.jsonl'), 'utf8');
}

describe('a registry that sends something else than the blob', () => {
  it('is asked once more, and what counts is what lies in the file', async () => {
    sendWrong(1);
    const { archives, readBack } = await mirror(requestFor());
    expect(asked()).toBe(2);
    // Its archive was not the same while it was read back, so it has to be read once more.
    expect(readBack?.size).toBe(0);
    expect((await verifyArchives(archives, { hash: 'blobs and files', readBack })).findings).toEqual([]);
  });

  it('fails its image alone, and what it sent never counts as brought', async () => {
    sendWrong(Infinity);
    const request = requestFor();
    await expect(mirror(request)).rejects.toMatchObject({ code: 'SEQ0508' });
    expect(await journalOf(request)).not.toMatch(new RegExp(`"done":\\[[^\\]]*${digest}`));
    expect(await journalOf(request)).toContain(digestOf('more'));

    source.faults.clear();
    const before = source.requests.filter((line) => line.includes('/blobs/')).length;
    const { archives, readBack } = await mirror(request);
    expect(source.requests.filter((line) => line.includes('/blobs/')).length).toBe(before + 1);
    expect((await verifyArchives(archives, { hash: 'blobs and files', readBack })).findings).toEqual([]);
  });

  it('is not believed about the part that came before a cut', async () => {
    let cuts = 1;
    source.faults.set(path, (request, response) => {
      if (cuts === 0) return sendingBlob(layer)(request, response);
      cuts -= 1;
      response.writeHead(200, { 'content-length': other.length });
      response.write(other.subarray(0, 1_000_000), () => response.destroy());
    });
    const { archives, readBack } = await mirror(requestFor());
    expect((await verifyArchives(archives, { hash: 'blobs and files', readBack })).findings).toEqual([]);
  });
});

describe('archives that were read back', () => {
  it('are known by their paths, each with the sum of its file', async () => {
    const { archives, readBack } = await mirror(requestFor());
    expect([...(readBack?.keys() ?? [])]).toEqual(archives);
    const verified = await verifyArchives(archives, { hash: 'blobs and files' });
    expect(archives.map((each) => readBack?.get(each)?.sha256)).toEqual(verified.archives.map(({ sha256 }) => sha256));
  });
});
