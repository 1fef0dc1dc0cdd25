/**
 * `npm run demo`: the main job from nothing, in the four steps that the docs describe: mirror, validate, bundle, upload. A
 * small upstream on loopback, the five documented sequences made and mirrored by real Nx commands with the embedded engine,
 * and everything checked without seqmirror's own code. Leaves the work tree as it was.
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
  console.log('seqmirror demo: supply an OpenShift cluster that has no internet, in four steps.');
  console.log('Two small registries on this machine stand in for the internet and for the cluster.');
  console.log('All is typed in workspace/mirror; lines that a first reader does not need are left out.');
  try {
    await mirrorSequences(runner, lab);
    await buildUploader(signal);
    await validate(runner);
    const site = await bundleFor('bravo', runner, temporary);
    await upload(site, runner, { lab, temporary });
    await checkEverything(lab, temporary);
  } finally {
    await lab.stop();
    await rm(temporary, { recursive: true, force: true });
    await tree.restore();
  }
  const seconds = Math.ceil((performance.now() - startedMs) / 1000);
  console.log(`\nAll of this held, after ${seconds} s. What the demo made is removed again.`);
  console.log('Next: docs/getting-started.md does the same in a workspace of your own, in ten minutes;');
  console.log('      docs/concepts.md explains the words.');
}

async function mirrorSequences(runner: NxRunner, lab: DocumentedLab): Promise<void> {
  heading(1, 'Mirror: download what the cluster needs into archives');
  told('OpenShift first. A sequence is one such download, and begins as a configuration of oc-mirror.');
  await makeSequence('baseline', runner, { shows: /^CREATE/, isNext: true });
  const plan = await nx(['run', 'mirror:plan'], runner, { shows: /^(?!Engine|Time|Space|Next| {2})/ });
  mustHold(plan.includes('nx run mirror:seq1'), 'the plan should have said what comes next');
  const first = await nx(['run', 'mirror:seq1'], runner, { shows: /^(?!Next| {4}seq1)/ });
  mustHold(first.includes(': sealed sha256:'), 'the first sequence should have been sealed');

  console.log();
  told('Later, two operators and a base image are asked for, and OpenShift 4.19.3 is published.');
  told('Each of these sequences holds only what the ones before do not have.');
  for (const step of steps.slice(1, 4)) await makeSequence(step, runner, { isNext: true });
  await lab.publishUpdate();
  await makeSequence('update-platform', runner, { isNext: true });
  const others = await nx(['run', 'mirror:seq5'], runner, { shows: /: sealed sha256:/, isNext: true });
  mustHold((others.match(/: sealed sha256:/g) ?? []).length === 4, 'four more sequences should have been sealed');
  const list = await nx(['run', 'mirror:list'], runner);
  mustHold(list.includes('5 sealed'), 'the list should have five sealed sequences');
}

const nothing = /^$/;

function makeSequence(
  step: string,
  runner: NxRunner,
  { shows = nothing, isNext = false }: { shows?: RegExp; isNext?: boolean },
): Promise<string> {
  return nx(['g', 'seqmirror:sequence', step, `--from=imagesets/${step}.yaml`], runner, { shows, isNext });
}

async function checkEverything(lab: Lab, temporary: string): Promise<void> {
  const sums = await Promise.all(folders.map(checkSums));
  passed(`SHA256SUMS: the ${sums.flat().length} archives of ${folders.length} sequences are what was mirrored`);

  const unpacked = join(temporary, 'unpacked');
  await mkdir(unpacked);
  const archives = folders.flatMap((folder, index) => (sums[index] ?? []).map((name) => join(folder, name)));
  const carried = await unpack(archives, unpacked);
  passed('tar: all archives unpacked in order into one empty folder; nothing came twice');
  const blobs = await checkBlobs(unpacked);
  mustHold(blobs === carried, `${carried} blobs were carried, and ${blobs} are there`);
  passed(`SHA-256: ${blobs} parts of images are what their names say`);

  const images = await Promise.all(expectedImages().map((image) => placeOf(image, lab)));
  for (const { name, digest } of images) await checkImage(unpacked, name, digest);
  passed(`All ${images.length} images are whole in them`);

  if (!hasProgram('docker-registry') || !hasProgram('skopeo')) {
    console.log('   - Not checked, since docker-registry and skopeo are not installed: that a registry serves them');
    return;
  }
  const { name, digest } = images.at(-1) as PlacedImage;
  await checkServed(unpacked, name, digest);
  passed(`docker-registry serves that folder, and skopeo copies ${name} for all architectures`);
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

async function validate(runner: NxRunner): Promise<void> {
  heading(2, 'Validate: prove that the archives are complete, and find what is damaged');
  told('One byte of an archive is changed, as a failing disk does.');
  const archive = join(folders[1] ?? '', 'mirror_000001.tar');
  const before = await sha256Of(archive);
  await changeByteInLargestBlob(archive);
  const damaged = await nx(['run', 'mirror:validate', '--sequence=seq2'], runner, {
    ends: 'badly',
    shows: /^(?! {2}records)/,
    isNext: true,
  });
  mustHold(damaged.includes('SEQ0301') && damaged.includes('SEQ0303'), 'blob and image should have been named');
  console.log();
  told('So it is made again. The damaged part comes from the source, the rest from what is here.');
  await nx(['run', 'mirror:reissue', '--sequence=seq2'], runner, { shows: /reissued|Every file/, isNext: true });
  mustHold((await sha256Of(archive)) === before, 'the archive should be what it was, byte for byte');
  const again = await nx(['run', 'mirror:validate'], runner, { shows: /^mirror:/, isNext: true });
  mustHold(again.includes('5 PROVEN'), 'all five sequences should have been proven');
}

/** Gives the folder that is carried there. */
async function bundleFor(site: string, runner: NxRunner, temporary: string): Promise<string> {
  heading(3, 'Bundle: write what the site of the cluster lacks onto a disk');
  await nx(['g', 'seqmirror:site', site], runner, { shows: nothing, isNext: true });
  const bundle = join(temporary, 'disk');
  await nx(['run', 'mirror:bundle', `--site=${site}`, `--output=${bundle}`], runner, {
    shows: /^(?!Next| {2}nx run)/,
    isNext: true,
  });
  return bundle;
}

async function upload(
  bundle: string,
  runner: NxRunner,
  { lab, temporary }: { lab: Lab; temporary: string },
): Promise<void> {
  heading(4, 'Upload: there, with nothing but the disk, Node and a registry');
  const there = await startLab({ images: [] });
  try {
    const siteFolder = join(temporary, 'site');
    await mkdir(siteFolder);
    await uploadThere(bundle, { host: there.host, siteFolder, signal: runner.signal });
    const images = await Promise.all(expectedImages().map((image) => placeOf(image, lab)));
    for (const { name, digest } of images) await checkThere(there.url, name, digest);
    console.log();
    told('The receipt comes back, and is taken in here: the next bundle leaves out what is there.');
    const [receipt = ''] = await readdir(join(siteFolder, 'receipts'));
    const known = await nx(
      ['run', 'mirror-site-bravo:acknowledge', `--receipt=${join(siteFolder, 'receipts', receipt)}`],
      runner,
      { shows: /^bravo/, isNext: true },
    );
    mustHold(known.includes('bravo: has seq5, attested'), 'bravo should have said that it has seq5');
    console.log('\nChecked without any code of seqmirror:');
    passed(
      `The registry of the site had nothing, and now has all ${images.length} images, with the digests of the source`,
    );
  } finally {
    await there.stop();
  }
}

function heading(number: number, text: string): void {
  console.log(`\n${number}. ${text}`);
}

/** What happens between commands. */
function told(text: string): void {
  console.log(`   ${text}`);
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
