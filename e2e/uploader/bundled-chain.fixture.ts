/** A chain of three sequences, sealed and bundled by the packed plugin, for far sides that have no oc-mirror. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import { skopeo } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { moveTag, startLab } from '../../testing/lab/lab';
import { workspaceWithMirror } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { removeWorkspaces } from '../harness/workspace';

export const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
export const tool = 'quay.io/acme/tool:1.2';
export const app = 'quay.io/acme/app:3.0';

/** Larger than the volumes of `--media=iso:6500000` have room for. */
const big = { name: 'big', bytes: 6_000_000 };

export interface BundledChain {
  readonly upstream: Lab;
  readonly workspace: Workspace;
  /** Where bundles are written. */
  readonly disks: string;
  /** Bundles a sequence into a folder of that name. */
  bundle(number: number, name: string, ...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** seq1: two images; seq2: a third, with a large layer; seq3: a tag of the first moves. */
export async function bundledChain(): Promise<BundledChain> {
  const upstream = await startLab({
    images: [
      anImage(ubi, { layers: ['base'], architectures: ['amd64', 'arm64'], signed: true }),
      anImage(tool, { layers: ['base', 'tool'], format: 'docker' }),
      anImage(app, { layers: ['base', big] }),
    ],
  });
  const disks = await mkdtemp(join(tmpdir(), 'seqmirror-disks-'));
  const workspace = await workspaceWithMirror(upstream);
  for (const [name, images] of [
    ['baseline', [ubi, tool]],
    ['add-app', [ubi, tool, app]],
    ['move-ubi', [ubi, tool, app]],
  ] as const) {
    await workspace.write('isc.yaml', imageSetOf(images));
    await workspace.nxWorks('g', 'seqmirror:sequence', name, '--from=isc.yaml');
  }
  await workspace.nxWorks('run', 'mirror:seq2');
  moveTag(upstream, ubi, anImage(ubi, { layers: ['base', 'patch'], architectures: ['amd64', 'arm64'], signed: true }));
  await workspace.nxWorks('run', 'mirror:seq3', '--refresh');
  await workspace.nxWorks('g', 'seqmirror:site', 'bravo');
  return {
    upstream,
    workspace,
    disks,
    bundle: async (number, name, ...args) => {
      const folder = join(disks, name);
      await workspace.nxWorks('run', `mirror-seq${number}:bundle`, `--output=${folder}`, ...args);
      return folder;
    },
    close: async () => {
      await upstream.stop();
      await removeWorkspaces();
      await rm(disks, { recursive: true, force: true });
    },
  };
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
