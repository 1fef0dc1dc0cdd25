/**
 * The embedded engine: mirrors with this project's own registry client, straight into archives, and needs no other
 * program. collect (configuration → images), look up (images → manifests), resolve (manifests → blobs, links), archive
 * plan, fetch (blobs → archives). Called only through the engine contract (engine.ts); stands on archive/ and
 * registry/.
 */
import { diskToMirror } from '../../push/disk-to-mirror';
import type { RegistryClient } from '../../registry/client';
import { createRegistryClient } from '../../registry/client';
import { systemErrorCode } from '../../system/errors';
import { seqmirrorVersion } from '../../system/package-version';
import { withPrivateFolder } from '../../system/private-folder';
import { diskFull } from '../../system/system-errors';
import type { KeepMade, MirrorEngine, MirrorPlan, MirrorRequest } from '../engine';
import { operatorsOf, unsupportedIn } from './collect/collect';
import { askForContent, collectContent, layOut, skippedInWords, spaceFor } from './content';
import { imagesFailed } from './errors';
import { noManifestStore } from './manifest-store';
import { mirrorToDisk } from './mirror-to-disk';
import { blobRecords, resolutionOf } from './resolve';

export { measureImages } from './measure-images';

export const embeddedEngine: MirrorEngine = {
  name: 'embedded',
  folder: 'embedded',
  instead:
    'Install oc-mirror 4.18 or later and run the same command again, or remove these entries from the imageset configuration',
  uploadNeedsAllArchives: false,
  uploadIsExclusive: false,
  kept: () => undefined,
  probe: async () => ({ engine: 'embedded', version: `embedded ${seqmirrorVersion()}`, found: 'built in' }),
  unsupported: ({ document }, _, { options, env }) => unsupportedIn(document, { ...options, env }),
  plan: (request) =>
    withClient(request, (client) => withPrivateFolder('plan', ({ path }) => plan(request, client, path))),
  mirrorToDisk: (request) => withClient(request, (client) => mirrorToDisk(request, client)),
  remake: (request, keep) =>
    withClient(request, (client) => withPrivateFolder('remake', ({ path }) => remake(request, keep, { client, path }))),
  diskToMirror,
};

async function remake(
  request: MirrorRequest,
  keep: KeepMade,
  { client, path }: { readonly client: RegistryClient; readonly path: string },
): Promise<void> {
  const { content } = await collectContent(request, client, { store: noManifestStore, scratch: path });
  for (const { content: made } of content.made) for (const [digest, blob] of made) await keep(digest, blob);
}

/** @throws as a run would for images that cannot be looked up and may not be missing */
async function plan(request: MirrorRequest, client: RegistryClient, scratch: string): Promise<MirrorPlan> {
  const { found, made, catalogs, files, failed, refused, notes } = await askForContent(request, client, {
    store: noManifestStore,
    scratch,
  });
  const notAllowed = failed.filter(({ name }) => !request.allowMissing.includes(name));
  if (notAllowed.length > 0)
    throw imagesFailed({ failed: notAllowed, present: found.length, file: request.document.file });
  const resolution = resolutionOf(found, made, { store: noManifestStore, signal: request.signal });
  const { archives, bytes } = layOut(request, resolution, files);
  return {
    images: resolution.images,
    blobs: blobRecords(resolution),
    archives: archives.map((archive) => ({ name: archive.name, bytes: archive.bytes })),
    isExact: true,
    unanswered: [],
    catalogs: catalogs.map(({ entry, original }) => ({ catalog: entry.catalog, digest: original.digest })),
    operators: catalogs.map(operatorsOf),
    space: spaceFor(bytes),
    notes: [
      ...notes,
      ...(refused.length === 0 ? [] : [skippedInWords(refused)]),
      ...failed.map(({ name, error }) => `without ${name} (allowMissing): ${error.code} ${error.what}`),
    ],
  };
}

async function withClient<T>(request: MirrorRequest, work: (client: RegistryClient) => Promise<T>): Promise<T> {
  const { registries: settings, env, signal, options, stage } = request;
  const client = createRegistryClient({ settings, env, signal, retries: options.retries });
  try {
    return await work(client);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOSPC') throw diskFull({ folder: stage, cause: error });
    throw error;
  } finally {
    await client.close();
  }
}
