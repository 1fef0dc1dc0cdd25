/**
 * Uploads with the oc-mirror program: in a folder of its own, into which the archives are linked in the order of their
 * import, with a cache that is kept for this destination.
 */
import { basename, dirname, join } from 'node:path';
import { readCatalogTemplates } from '../../cluster-resources/catalog-templates';
import { destinationImages } from '../../push/destination-images';
import { requireDistinctPlaces } from '../../push/distinct-places';
import { formatDestination } from '../../registry/destination';
import { isInsecureDestination } from '../../registry/push';
import { loadRegistriesConf } from '../../registry/registries-conf';
import { writeFileAtomically } from '../../system/atomic-file';
import { makeFolder, removeTree, linkSymbolically } from '../../system/change-folder';
import { counted } from '../../system/counted';
import { namesIn } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { readText } from '../../system/text-file';
import type { DiskToMirror, UploadResult } from '../engine';
import { diskToMirrorArguments } from './arguments';
import type { Pace } from './attempts';
import { firstPace, nextPace } from './attempts';
import { programMissing, uploadFailed } from './errors';
import { readFailedImages } from './failures';
import { configFileName } from './folders';
import type { RunOutcome } from './one-run';
import { runOnce } from './one-run';
import { noteRatesNotKept } from './rates';
import type { MarkPlace } from './running-mark';
import { endLeftover } from './running-mark';
import type { Capabilities } from './version';
import { capabilitiesOf, programOf } from './version';

/** Folders that this engine keeps for one destination. */
interface UploadFolders {
  /** The folder that oc-mirror runs in; emptied each time. */
  readonly from: string;
  /** Accumulates what was imported; never deleted by us. */
  readonly cache: string;
  readonly temporary: string;
  readonly runningMark: string;
}

interface Attempt {
  readonly program: string;
  readonly folders: UploadFolders;
  readonly capabilities: Capabilities;
  readonly pace: Pace;
}

/** @throws SEQ0642 when oc-mirror doesn't upload everything, SEQ0406 while an earlier one still runs */
export async function diskToMirror(request: DiskToMirror, { version }: { version: string }): Promise<UploadResult> {
  const program = await programOf(request.options, request.env);
  if (program === undefined) throw programMissing({ file: 'oc-mirror' });
  noteRatesNotKept(request);
  const images = destinationImages(request.images, request.document.config);
  requireDistinctPlaces(images, request.destination);
  const folders = foldersIn(request.folder);
  const capabilities = capabilitiesOf(version);
  await endLeftover(markIn(folders));
  await prepare(folders, request, capabilities);
  let pace = firstPace(request.options);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await uploadOnce({ program, folders, capabilities, pace }, request);
    const failed = await readFailedImages(join(folders.from, 'working-dir'));
    if (outcome.exit.kind === 'success' && failed.length === 0) break;
    const { exit, output } = outcome;
    const next = nextPace(pace, { ...outcome, failed, errors: output.errors }, attempt);
    if (next === undefined)
      throw uploadFailed({
        version,
        exit,
        failed,
        errors: output.errors,
        destination: formatDestination(request.destination),
      });
    request.progress.note(
      `oc-mirror could not upload ${counted(failed.length, 'image')} in attempt ${attempt}; trying again`,
    );
    pace = next;
  }
  return {
    images: images.length,
    clusterResources: await clusterResourcesIn(join(folders.from, 'working-dir', 'cluster-resources')),
  };
}

function foldersIn(folder: string): UploadFolders {
  return {
    from: join(folder, 'from'),
    cache: join(folder, 'cache'),
    temporary: join(folder, 'tmp'),
    runningMark: join(folder, 'running.json'),
  };
}

/** Nothing in `from` is believed, so nobody needs to vouch for the mark. */
function markIn({ runningMark, from }: UploadFolders): MarkPlace {
  return { path: runningMark, folder: from, keyFile: undefined };
}

async function prepare(folders: UploadFolders, request: DiskToMirror, capabilities: Capabilities): Promise<void> {
  for (const folder of [folders.from, folders.temporary]) await removeTree(inPrivateFolder(folder));
  for (const folder of [folders.from, folders.temporary, folders.cache]) await makeFolder(inPrivateFolder(folder));
  // oc-mirror finds archives by an unanchored pattern and imports them in the order of their names.
  for (const [index, path] of request.archives.entries())
    await linkSymbolically(path, inPrivateFolder(join(folders.from, nameInOrder(index, path))));
  // If a catalog's tag has moved since, only the pinned configuration still names what the archives hold.
  const pinned = capabilities.pinnedCatalogs ? request.pinnedConfig : undefined;
  await writeFileAtomically(inPrivateFolder(join(folders.from, configFileName)), pinned ?? request.document.text);
  // If oc-mirror doesn't find the templates, it makes another CatalogSource and only logs that.
  for (const [name, { text }] of await readCatalogTemplates(request.document.config, request.configFolder)) {
    await makeFolder(inPrivateFolder(dirname(join(folders.from, name))));
    await writeFileAtomically(inPrivateFolder(join(folders.from, name)), text);
  }
}

function nameInOrder(index: number, path: string): string {
  return `seq${String(index + 1).padStart(4, '0')}-${basename(path)}`;
}

async function uploadOnce(
  { program, folders, capabilities, pace }: Attempt,
  request: DiskToMirror,
): Promise<RunOutcome> {
  const { env, registries, destination, progress } = request;
  const conf = await loadRegistriesConf({ file: registries.registriesConf, env });
  // Failures of the attempt before are listed there, and would be taken for failures of this one.
  await removeTree(inPrivateFolder(join(folders.from, 'working-dir', 'logs')));
  let [copied, total, failed] = [0, 0, 0];
  return runOnce({
    program,
    cwd: folders.from,
    cache: folders.cache,
    temporary: folders.temporary,
    mark: markIn(folders),
    argumentsOf: (run) =>
      diskToMirrorArguments(
        { ...run, destination: formatDestination(destination), maxNestedPaths: destination.maxNestedPaths },
        capabilities,
      ),
    pace,
    tlsVerified: !isInsecureDestination(destination, { settings: registries, conf }),
    reuseGraphImage: true,
    request,
    onEvent: (event) => {
      if (event.event === 'images to copy') total = event.count;
      else if (event.event === 'copied') copied += 1;
      else if (event.event === 'copy failed') failed += 1;
      if (total > 0)
        progress.detail(`${copied} of ${total} images copied${failed === 0 ? '' : `, ${failed} failed so far`}`);
    },
  });
}

const largestResources = 64 * 1024 ** 2;

async function clusterResourcesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await namesIn(folder)).sort();
  const files = await Promise.all(
    names.map(async (name): Promise<[string, string]> => [
      name,
      await readText(inPrivateFolder(join(folder, name)), { limit: largestResources }),
    ]),
  );
  return new Map(files);
}
