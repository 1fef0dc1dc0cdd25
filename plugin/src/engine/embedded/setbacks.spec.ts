import { join } from 'node:path';
import { verifyArchives } from '../../archive/verify';
import type { BlobRecord } from '../../oci/blob';
import { digestOf } from '../../registry/scripted-registry.fixture';
import type { MirrorRequest, StagedArchives } from '../engine';
import { embeddedEngine } from './embedded';
import type { Source } from './source.fixture';
import { createSource } from './source.fixture';

// Real servers and real fsyncs, on machines that do other things too.
jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

const version = { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' } as const;
const mirror = (request: MirrorRequest): Promise<StagedArchives> => embeddedEngine.mirrorToDisk(request, version);
const named = (...names: string[]): string[] => names.map((name) => `${source.host}/${name}`);
const namesIn = ({ images }: StagedArchives): string[] => images.map(({ source: name }) => name);
const asked = (part: string): number => source.requests.filter((line) => line.includes(part)).length;

function answer(line: string, status: number, times = Infinity): void {
  let left = times;
  source.faults.set(line, (_, response) => {
    left -= 1;
    if (left <= 0) source.faults.delete(line);
    response.statusCode = status;
    response.end();
  });
}

describe('an image that fails', () => {
  it('does not stop the others, and a run after it is repaired fetches only that one', async () => {
    source.image('lab/first', 'v1', ['first']);
    source.image('lab/last', 'v1', ['last']);
    const request = source.request(source.document('lab/first:v1', 'lab/gone:v1', 'lab/last:v1'));
    await expect(mirror(request)).rejects.toMatchObject({
      code: 'SEQ0506',
      details: expect.arrayContaining([
        'seqmirror fetched the other 2 images and keeps them',
        `to seal without this image, add \`${source.host}/lab/gone:v1\` to \`allowMissing\` in sequence.yaml`,
      ]) as string[],
    });
    expect([asked(`/blobs/${digestOf('first')}`), asked(`/blobs/${digestOf('last')}`)]).toEqual([1, 1]);

    source.image('lab/gone', 'v1', ['found']);
    const staged = await mirror(request);
    expect((await verifyArchives(staged.archives, { hash: 'blobs' })).findings).toEqual([]);
    expect(namesIn(staged)).toEqual(named('lab/first:v1', 'lab/gone:v1', 'lab/last:v1'));
    const fetched = ['first', 'last', 'found'].map((content) => asked(`/blobs/${digestOf(content)}`));
    expect(fetched).toEqual([1, 1, 1]);
  });

  it('is reported with all others that failed, grouped by reason', async () => {
    source.image('lab/app', 'v1', ['app']);
    source.image('lab/torn', 'v1', ['torn']);
    source.blobs.delete(digestOf('torn'));
    const request = source.request(source.document('lab/a:v1', 'lab/torn:v1', 'lab/app:v1', 'lab/b:v1'));
    await expect(mirror(request)).rejects.toMatchObject({
      code: 'SEQ0419',
      what: '3 images of imageset-config.yaml could not be mirrored',
      why: expect.stringContaining('seqmirror fetched the other image and keeps it') as string,
      details: [
        expect.stringContaining('/lab/a:v1: SEQ0506') as string,
        expect.stringContaining('/lab/b:v1: SEQ0506') as string,
        expect.stringContaining('/lab/torn:v1: SEQ0411') as string,
      ],
    });
    expect(asked(`/blobs/${digestOf('app')}`)).toBe(1);
  });

  it.each(['a manifest', 'a layer'])('may be missing if %s is missing and that is allowed', async (part) => {
    source.image('lab/app', 'v1', ['shared', 'app']);
    source.image('lab/torn', 'v1', ['shared', 'torn']);
    if (part === 'a layer') source.blobs.delete(digestOf('torn'));
    else answer('GET /v2/lab/torn/manifests/v1', 404);
    const allowMissing = named('lab/torn:v1', 'lab/never-asked-for:v1');
    const document = source.document('lab/app:v1', 'lab/torn:v1');
    const staged = await mirror(source.request(document, { allowMissing }));
    expect(namesIn(staged)).toEqual(named('lab/app:v1'));
    expect(staged.provenance.missing).toEqual(named('lab/torn:v1'));
    expect(staged.pinnedConfig).toContain('lab/torn:v1\n');
    const { findings, blobs } = await verifyArchives(staged.archives, { hash: 'blobs' });
    expect(findings).toEqual([]);
    expect(blobs).toHaveLength(4);

    // The next sequence asks again.
    source.faults.clear();
    source.blobs.set(digestOf('torn'), Buffer.from('torn'));
    const base = new Map(blobs.map((blob): [BlobRecord['digest'], BlobRecord] => [blob.digest, blob]));
    const next = await mirror(source.request(document, { base, stage: join(source.folder, 'next') }));
    expect(namesIn(next)).toEqual(named('lab/app:v1', 'lab/torn:v1'));
    expect(next.provenance.missing).toBeUndefined();
  });

  it('is tried once more at the end, since the cause may have passed', async () => {
    source.image('lab/app', 'v1', ['app']);
    source.image('lab/busy', 'v1', ['busy']);
    answer('GET /v2/lab/busy/manifests/v1', 503, 1);
    answer(`GET /v2/lab/busy/blobs/${digestOf('busy')}`, 503, 1);
    const staged = await mirror(source.request(source.document('lab/busy:v1', 'lab/app:v1')));
    expect(namesIn(staged)).toEqual(named('lab/busy:v1', 'lab/app:v1'));
    expect((await verifyArchives(staged.archives, { hash: 'blobs' })).findings).toEqual([]);
  });

  it('is not asked for if its host failed three times in a row', async () => {
    const names = Array.from({ length: 30 }, (_, number) => `lab/app${number}:v1`);
    for (const name of names) answer(`GET /v2/${name.replace(':', '/manifests/')}`, 503);
    await expect(mirror(source.request(source.document(...names)))).rejects.toMatchObject({
      code: 'SEQ0419',
      what: '30 images of imageset-config.yaml could not be mirrored',
    });
    // Three, with one under way, then three in the second round.
    expect(asked('/manifests/')).toBeLessThanOrEqual(7);
  });

  it('ends a plan too', async () => {
    source.image('lab/app', 'v1', ['app']);
    const request = source.request(source.document('lab/app:v1', 'lab/gone:v1'));
    await expect(embeddedEngine.plan(request, version)).rejects.toMatchObject({ code: 'SEQ0506' });
    const allowed = { ...request, allowMissing: named('lab/gone:v1') };
    expect((await embeddedEngine.plan(allowed, version)).images).toHaveLength(1);
  });
});
