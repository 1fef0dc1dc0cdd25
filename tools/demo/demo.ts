/**
 * `npm run demo`: the main job from nothing. A small upstream on loopback, the five documented sequences made and mirrored
 * by real Nx commands with the embedded engine, and everything checked without seqmirror's own code. Leaves the work tree
 * as it was.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExpectedImage } from '../../testing/images/documented';
import { expectedImages } from '../../testing/images/documented';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { hasProgram } from '../../testing/lab/requirements';
import { checkThere, uploadThere } from './carry';
import { checkSums } from './check/checksums';
import { checkBlobs, checkImage } from './check/images';
import { checkServed } from './check/served';
import { unpack } from './check/unpack';
import { changeByteInLargestBlob, sha256Of } from './damage';
import { environmentOf } from './environment';
import { DemoFailed, mustHold } from './failed';
import type { NxRunner } from './nx';
import { nx } from './nx';
import { workTree } from './work-tree';

const root = join(__dirname, '../..');
const mirror = join(root, 'workspace/mirror');
const steps = ['baseline', 'add-web-terminal', 'add-cluster-logging', 'add-ubi9', 'update-platform'];
const folders = steps.map((step, index) => join(mirror, 'content', `seq${index + 1}-${step}`));

async function demo(signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const tree = await workTree(root, mirror);
  const temporary = await mkdtemp(join(tmpdir(), 'seqmirror-demo-'));
  const lab = await startDocumentedLab();
  const runner = { folder: mirror, env: environmentOf(lab, { temporary, folder: mirror }), signal };
  console.log(
    'seqmirror demo: the documented run, five sequences, with its upstream on loopback. Nothing leaves this machine.',
  );
  console.log('All is typed in workspace/mirror, and small images stand in for the real ones, under their real names.');
  try {
    await mirrorFour(runner);
    await updatePlatform(runner, lab);
    await mirrorAgain(runner, lab);
    await Promise.all([checkEverything(lab, temporary), buildUploader(signal)]);
    signal.throwIfAborted();
    await damageAndReissue(runner);
    await carry(runner, lab, temporary);
  } finally {
    await lab.stop();
    await rm(temporary, { recursive: true, force: true });
    await tree.restore();
  }
  const seconds = Math.ceil((performance.now() - startedMs) / 1000);
  console.log(`\nAll as it should be, after ${seconds} s. The work tree is as it was.`);
}

async function mirrorFour(runner: NxRunner): Promise<void> {
  heading(
    1,
    'OpenShift 4.19.2, the web terminal, logging, ubi9: four sequences, each asks for more than the one before',
  );
  for (const step of steps.slice(0, 4)) await makeSequence(step, runner);
  const output = await nx(['run', 'mirror:seq4'], runner);
  mustHold((output.match(/: sealed sha256:/g) ?? []).length === 4, 'four sequences should have been sealed');
}

async function updatePlatform(runner: NxRunner, lab: DocumentedLab): Promise<void> {
  heading(2, 'Red Hat publishes 4.19.3: the fifth sequence carries what changed, and nothing else');
  await lab.publishUpdate();
  await makeSequence('update-platform', runner);
  await nx(['run', 'mirror:seq5'], runner);
  const list = await nx(['run', 'mirror:list'], runner);
  mustHold(list.includes('5 sealed'), 'the list should have five sealed sequences');
}

function makeSequence(step: string, runner: NxRunner): Promise<string> {
  return nx(['g', 'seqmirror:sequence', step, `--from=imagesets/${step}.yaml`], runner);
}

async function mirrorAgain(runner: NxRunner, lab: Lab): Promise<void> {
  heading(3, 'Again: sealed is sealed');
  lab.journal.clear();
  const again = await nx(['run', 'mirror:seq5'], runner);
  mustHold(again.includes('nothing to do'), 'the second run should have had nothing to do');
  mustHold(lab.journal.entries.length === 0, 'the upstream should not have been asked again');
}

async function checkEverything(lab: Lab, temporary: string): Promise<void> {
  heading(4, 'Checked with nothing of seqmirror: tar, SHA-256, and what the upstream says');
  const sums = await Promise.all(folders.map(checkSums));
  passed(`SHA256SUMS: ${sums.flat().length} archives in ${folders.length} folders are what was sealed`);

  const unpacked = join(temporary, 'unpacked');
  await mkdir(unpacked);
  const archives = folders.flatMap((folder, index) => (sums[index] ?? []).map((name) => join(folder, name)));
  const carried = await unpack(archives, unpacked);
  passed('tar: all archives unpacked in order into one empty folder; no blob came twice');
  const blobs = await checkBlobs(unpacked);
  mustHold(blobs === carried, `${carried} blobs were carried, and ${blobs} are there`);
  passed(`SHA-256: ${blobs} blobs are what their names say`);

  const images = await Promise.all(expectedImages().map((image) => placeOf(image, lab)));
  for (const { name, digest } of images) await checkImage(unpacked, name, digest);
  passed(`Images: all ${images.length} of seq5 are there and whole, with the digests that the upstream has`);

  if (!hasProgram('docker-registry') || !hasProgram('skopeo')) {
    console.log('   (not checked: a registry serving them; docker-registry and skopeo are not installed)');
    return;
  }
  const { name, digest } = images.at(-1) as PlacedImage;
  await checkServed(unpacked, name, digest);
  passed(`docker-registry serves that folder, and skopeo copies ${name}, all architectures`);
}

/** What a bundle encloses for the far side: one file made of the source, which a package from npm has. */
async function buildUploader(signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/build/uploader.mjs')], { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

interface PlacedImage {
  /** `ubi9/ubi:9.5` */
  readonly name: string;
  readonly digest: string;
}

async function placeOf({ reference, repository, tag }: ExpectedImage, lab: Lab): Promise<PlacedImage> {
  const digest = await lab.digestOf(reference);
  return { name: `${repository}:${tag ?? digest.replace(':', '-')}`, digest };
}

async function damageAndReissue(runner: NxRunner): Promise<void> {
  heading(5, 'A byte of an archive is changed: what is damaged is named, and made again');
  const archive = join(folders[1] ?? '', 'mirror_000001.tar');
  const before = await sha256Of(archive);
  await changeByteInLargestBlob(archive);
  const damaged = await nx(['run', 'mirror-seq2:validate'], runner, { ends: 'badly' });
  mustHold(damaged.includes('SEQ0301') && damaged.includes('SEQ0303'), 'blob and image should have been named');
  await nx(['run', 'mirror-seq2:reissue'], runner);
  const again = await nx(['run', 'mirror:validate'], runner);
  mustHold(again.includes('5 PROVEN'), 'all five sequences should have been proven');
  mustHold((await sha256Of(archive)) === before, 'the archive should be what it was, byte for byte');
  passed('SHA-256: the archive that was made again is byte for byte the one that was sealed');
}

async function carry(runner: NxRunner, lab: Lab, temporary: string): Promise<void> {
  heading(6, 'Carried: a bundle for a site, uploaded there by what it encloses, and acknowledged here');
  await nx(['g', 'seqmirror:site', 'bravo'], runner);
  const bundle = join(temporary, 'disk');
  await nx(['run', 'mirror-seq5:bundle', '--site=bravo', `--output=${bundle}`], runner);
  const there = await startLab({ images: [] });
  try {
    const siteFolder = join(temporary, 'site');
    await mkdir(siteFolder);
    await uploadThere(bundle, { host: there.host, siteFolder, signal: runner.signal });
    const images = await Promise.all(expectedImages().map((image) => placeOf(image, lab)));
    for (const { name, digest } of images) await checkThere(there.url, name, digest);
    passed(`That registry had nothing, and has all ${images.length} images of seq5, with the upstream's digests`);
    const [receipt = ''] = await readdir(join(siteFolder, 'receipts'));
    await nx(['run', 'mirror-site-bravo:acknowledge', `--receipt=${join(siteFolder, 'receipts', receipt)}`], runner);
    const status = await nx(['run', 'mirror:status'], runner);
    mustHold(/bravo +seq5 +attested/.test(status), 'bravo should have said that it has seq5');
  } finally {
    await there.stop();
  }
}

function heading(number: number, text: string): void {
  console.log(`\n${number}. ${text}`);
}

function passed(text: string): void {
  console.log(`   ✓ ${text}`);
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stopping.abort(new DemoFailed(`stopped by ${signal}; the work tree is as it was`)));
}
demo(stopping.signal).catch((error: unknown) => {
  console.error(
    `\nDemo: ${error instanceof DemoFailed ? error.message : error instanceof Error ? error.stack : error}`,
  );
  process.exitCode = stopping.signal.aborted ? 130 : 1;
});
