/** A chain of three sequences, sealed and bundled by the packed plugin, for far sides that have no oc-mirror. */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { skopeo } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { moveTag, startLab } from '../../testing/lab/lab';
import { onceARun } from '../../testing/run/once-a-run';
import { planSequence } from '../harness/image-set';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { createWorkspace, keepWorkspace, removeWorkspaces } from '../harness/workspace';

export const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
export const tool = 'quay.io/acme/tool:1.2';
export const app = 'quay.io/acme/app:3.0';

/** Larger than the volumes of `--media=iso:6500000` have room for. */
const big = { name: 'big', bytes: 6_000_000 };

/** Bundles of it, each in a folder of its name: what `mirror-seq<number>:bundle` is given. */
const kinds = {
  baseline: [3],
  older: [2],
  cumulative: [3, '--kind=cumulative'],
  individual: [3, '--kind=individual'],
  volumes: [3, '--site=bravo', '--media=iso:6500000'],
} as const;

export interface BundledChain {
  readonly upstream: Lab;
  readonly workspace: Workspace;
  /** Their folders. That of `volumes` holds a folder for each volume. */
  readonly bundles: Readonly<Record<keyof typeof kinds, string>>;
  close(): Promise<void>;
}

/**
 * seq1: two images; seq2: a third, with a large layer; seq3: a tag of the first moves. Sealed and bundled once a run, and
 * copied.
 */
export async function bundledChain(): Promise<BundledChain> {
  const made = await onceARun('bundled-chain', async (making) => {
    const [kept, disks] = [join(making, 'workspace'), join(making, 'disks')];
    for (const folder of [kept, disks]) await mkdir(folder);
    const workspace = await sealAndBundle(disks);
    await keepWorkspace(workspace, kept);
  });
  const upstream = await startUpstream();
  moveUbi(upstream);
  const disks = await mkdtemp(join(tmpdir(), 'seqmirror-disks-'));
  const workspace = await createWorkspace({ env: upstream.env(), from: join(made, 'workspace') });
  await cp(join(made, 'disks'), disks, { recursive: true, preserveTimestamps: true });
  const folders = Object.keys(kinds).map((name) => [name, join(disks, name)]);
  return {
    upstream,
    workspace,
    bundles: Object.fromEntries(folders) as BundledChain['bundles'],
    close: async () => {
      await upstream.stop();
      await removeWorkspaces();
      await rm(disks, { recursive: true, force: true });
    },
  };
}

function startUpstream(): Promise<Lab> {
  return startLab({
    images: [
      anImage(ubi, { layers: ['base'], architectures: ['amd64', 'arm64'], signed: true }),
      anImage(tool, { layers: ['base', 'tool'], format: 'docker' }),
      anImage(app, { layers: ['base', big] }),
    ],
  });
}

function moveUbi(upstream: Lab): void {
  moveTag(upstream, ubi, anImage(ubi, { layers: ['base', 'patch'], architectures: ['amd64', 'arm64'], signed: true }));
}

async function sealAndBundle(disks: string): Promise<Workspace> {
  const upstream = await startUpstream();
  try {
    const workspace = await preparedWorkspace(upstream, 'mirror');
    await planSequence(workspace, 'seq1-baseline', [ubi, tool]);
    await planSequence(workspace, 'seq2-add-app', [ubi, tool, app]);
    await planSequence(workspace, 'seq3-move-ubi', [ubi, tool, app]);
    await mirrorInOrder(workspace, ['seq1', 'seq2']);
    moveUbi(upstream);
    await workspace.seqmirrorWorks('mirror', 'seq3', '--refresh');
    await workspace.nxWorks('g', 'seqmirror:site', 'bravo');
    for (const [name, [number, ...args]] of Object.entries(kinds))
      await workspace.seqmirrorWorks('bundle', `seq${number}`, `--output=${join(disks, name)}`, ...args);
    return workspace;
  } finally {
    await upstream.stop();
  }
}

/**
 * What differs between the upstream and a registry, by `skopeo inspect --raw` of each image and of what its index names;
 * nothing when all of it arrived.
 */
export async function differencesAt(
  { upstream }: BundledChain,
  registry: { readonly host: string; readonly authFile?: string | undefined },
  { references, namespace = '' }: { references: readonly string[]; namespace?: string },
): Promise<string[]> {
  const differences: string[] = [];
  for (const reference of references) {
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    const there = (name: string) => `docker://${registry.host}${namespace}/${name.slice(name.indexOf('/') + 1)}`;
    const here = (name: string) => `docker://${upstream.host}/${name}`;
    const raw = await skopeo(['inspect', '--raw', here(reference)]);
    const { manifests = [] } = JSON.parse(raw) as { manifests?: { digest: string }[] };
    for (const name of [reference, ...manifests.map(({ digest }) => `${repository}@${digest}`)]) {
      const arrived = await skopeo(['inspect', '--raw', there(name)], { authFiles: [registry.authFile] }).catch(String);
      if (arrived !== (await skopeo(['inspect', '--raw', here(name)]))) differences.push(name);
    }
  }
  return differences;
}

export async function volumesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
