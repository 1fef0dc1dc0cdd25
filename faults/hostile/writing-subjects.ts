/** What writes by hostile input, or looks at whole folders of it: validation, adoption, archives made again. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { applyAdoption } from '../../plugin/src/adoption/apply-adoption';
import { planAdoption } from '../../plugin/src/adoption/plan-adoption';
import { readArchiveIndex } from '../../plugin/src/archive/archive-index';
import { rebuildArchive, writeFrame } from '../../plugin/src/archive/frame/frame';
import type { MirrorLocation } from '../../plugin/src/mirror/mirror';
import { renderAdoption, renderAdoptionPlan } from '../../plugin/src/report/text/adoption';
import { renderValidation } from '../../plugin/src/report/text/validation';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import type { Dice } from '../../testing/lab/random';
import { refusedOr } from './archive-subjects';
import { damaged, nastyText } from './nasty';
import { hostileTar } from './nasty-tar';
import { hostileYaml } from './nasty-yaml';
import type { Place, Reading, Subject } from './subject';

const config = `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
mirror:
  additionalImages: [{ name: registry.example/lab/app:v1 }, { name: registry.example/ubi9/ubi:9.5 }]
`;

const original = `sequence_number: 2
description: "add logging"
timestamp: "2026-11-23T06:08:52Z"
content_type: differential
oc_mirror_version: "4.19.0-202507292137"
archives:
  - name: mirror_000001.tar
    size: 5.5 GiB
air_gapped_transfer:
  complete: false
  dependencies: [seq1-baseline]
`;

export async function writingSubjects(real: readonly Buffer[], folder: string): Promise<Subject[]> {
  const frames = await framesOf(real, folder);
  const oldFolder = (dice: Dice, place: Place): Uint8Array => {
    const tar = dice.once(2) ? dice.pick(real) : hostileTar(dice, place, real);
    const texts = [
      dice.once(3) ? hostileYaml(dice, config) : config,
      dice.once(2) ? hostileYaml(dice, original) : damaged(original, dice, [nastyText(dice)]),
    ];
    return Buffer.from(JSON.stringify([tar.toString('base64'), ...texts]));
  };
  return [
    { name: 'a folder that is validated', hostile: oldFolder, read: validated },
    { name: 'an old folder that is adopted', hostile: oldFolder, read: adopted },
    {
      name: 'a frame that an archive is made of',
      hostile: (dice, place) => {
        const frame = gzipSync(hostileTar(dice, place, frames), { level: 1 });
        return dice.once(4) ? hostileTar(dice, place, [frame]) : frame;
      },
      read: rebuilt,
    },
  ];
}

async function framesOf(real: readonly Buffer[], folder: string): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  for (const [at, content] of real.entries()) {
    const path = join(folder, `framed-${at}.tar`);
    await writeFile(path, content);
    await writeFrame(await readArchiveIndex(path), `${path}.frame.gz`);
    frames.push(gunzipSync(await readFile(`${path}.frame.gz`)));
  }
  return frames;
}

const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date(Date.UTC(2026, 10, 23)),
};

/** Lays out a mirror without sequences, and an old folder beside it. */
async function layOut(content: Uint8Array, { folder }: Place): Promise<{ old: string; location: MirrorLocation }> {
  const [tar = '', imageset = '', metadata = ''] = JSON.parse(Buffer.from(content).toString()) as string[];
  const old = join(folder, 'old/seq1-baseline');
  await mkdir(old, { recursive: true });
  const workspaceRoot = join(folder, 'workspace');
  await mkdir(join(workspaceRoot, 'mirror/content'), { recursive: true });
  await writeFile(join(old, 'mirror_000001.tar'), Buffer.from(tar, 'base64'));
  await writeFile(join(old, 'imageset-config.yaml'), imageset);
  await writeFile(join(old, 'seq-metadata.yaml'), metadata);
  await writeFile(join(workspaceRoot, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: a\n');
  const env = { SEQMIRROR_DATA_DIR: join(folder, 'data'), HOME: join(folder, 'home') };
  return { old, location: { workspaceRoot, mirrorRoot: 'mirror', name: 'mirror', env } };
}

async function validated(content: Uint8Array, place: Place): Promise<Reading> {
  const { old, location } = await layOut(content, place);
  const validation = await refusedOr(() => validate({ location, path: old, depth: 'deep', ...run }));
  if ('thrown' in validation) return { findings: [validation.thrown] };
  const findings = [...validation.findings, ...validation.sequences.flatMap((sequence) => sequence.findings)];
  return { findings, printed: renderValidation(validation).split('\n') };
}

async function adopted(content: Uint8Array, place: Place): Promise<Reading> {
  const { old, location } = await layOut(content, place);
  const before = await readFile(join(old, 'mirror_000001.tar'));
  const plan = await refusedOr(() =>
    planAdoption({ location, source: join(place.folder, 'old'), taking: 'copy', ...run }),
  );
  if ('thrown' in plan) return { findings: [plan.thrown] };
  const printed = renderAdoptionPlan(plan).split('\n');
  const outcome = await refusedOr(() => applyAdoption(plan, run));
  if (!(await readFile(join(old, 'mirror_000001.tar'))).equals(before)) throw new Error('the old archive was changed');
  const beside = (await readdir(place.folder)).filter((name) => !['old', 'workspace', 'data', 'home'].includes(name));
  if (beside.length > 0) throw new Error(`it wrote ${JSON.stringify(beside)}`);
  const refused = plan.refused === undefined ? [] : [plan.refused.reason];
  if ('thrown' in outcome) return { findings: [...refused, outcome.thrown], printed };
  return { findings: refused, printed: [...printed, ...renderAdoption(plan, outcome).split('\n')] };
}

async function rebuilt(content: Uint8Array, { folder }: Place): Promise<Reading> {
  const frame = join(folder, 'mirror_000001.tar.frame.gz');
  await writeFile(frame, content);
  const to = join(folder, 'mirror_000001.tar');
  const blob = async function* (_: unknown, bytes: number): AsyncGenerator<Buffer> {
    yield Buffer.alloc(Math.min(bytes, 100_000), 'x');
  };
  const outcome = await refusedOr(() => rebuildArchive({ frame, bytes: 200_000, to, blob }));
  const there = (await readdir(folder)).length;
  if ('thrown' in outcome && there !== 1) throw new Error('something was left behind');
  return { findings: 'thrown' in outcome ? [outcome.thrown] : [] };
}
