import { stat } from 'node:fs/promises';
import { linksOf } from '../../archive/links';
import { planArchives } from '../../archive/plan';
import { verifyArchives } from '../../archive/verify';
import type { Sources } from './collect/collect';
import { fetchArchives } from './fetch';
import { openManifestStore } from './manifest-store';
import type { Source } from './source.fixture';
import { createSource, resolve } from './source.fixture';

jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

describe('fetchArchives', () => {
  it('fills as many archives as the size requires, none of them larger', async () => {
    source.image(
      'lab/app',
      'v1',
      ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(50_000, letter)),
    );
    const request = source.request(source.document('lab/app:v1'));
    const { stage } = request;
    const store = await openManifestStore(`${stage}/manifests`);
    const work = async (sources: Sources): Promise<void> => {
      const { client, progress, signal } = sources;
      const attachments = { taken: 'all', ifRefused: 'fail' } as const;
      const { blobs, images, manifests } = await resolve(request.document, sources, { store, attachments });
      const links = linksOf(images, manifests);
      const archiveSizeBytes = 110_000;
      const plan = planArchives({ blobs: [...blobs.values()], links, archiveSizeBytes });
      const ensureSpace = async (): Promise<void> => undefined;
      const outcome = await fetchArchives({
        stage,
        plan,
        blobs,
        client,
        parallel: 3,
        ensureSpace,
        progress,
        signal,
      });
      const { archives } = outcome as Extract<typeof outcome, { archives: unknown }>;
      expect(archives.length).toBeGreaterThan(1);
      for (const path of archives) expect((await stat(path)).size).toBeLessThanOrEqual(archiveSizeBytes);
      const verified = await verifyArchives(archives, { hash: 'blobs' });
      expect(verified.findings).toEqual([]);
      expect(verified.blobs).toHaveLength(blobs.size);
    };
    await source.withSources(request, work, store);
  });
});
