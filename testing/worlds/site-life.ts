/**
 * Four sequences, and a site that gets one after the other. The catalog changes with each; the tag of a signed tool of two
 * architectures moves with the third, and the fourth has no tool.
 */
import { silentProgress } from '../../plugin/src/system/progress';
import { uploadToSite } from '../../plugin/src/upload/upload-to-site';
import { anImage } from '../images/image';
import type { DocumentedLab } from '../lab/documented-lab';
import { startDocumentedLab } from '../lab/documented-lab';
import { moveTag } from '../lab/lab';
import { trusting } from './uploading';
import type { World } from './world';
import { aWorld } from './world';

export const life = ['seq1-terminal', 'seq2-logging', 'seq3-without-terminal', 'seq4-without-tool'] as const;
export const catalog = 'redhat/redhat-operator-index:v4.19';
export const tool = 'acme/tool:1';
export const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };

export interface SiteWorld {
  readonly upstream: DocumentedLab;
  readonly world: World;
  stop(): Promise<void>;
}

const operator = (name: string, channel: string): string =>
  `        - name: ${name}\n          channels:\n            - name: ${channel}\n`;
const terminal = operator('web-terminal', 'fast');
const logging = operator('cluster-logging', 'stable-6.3');
const imageSet = (packages: string, images: readonly string[]): string =>
  [
    'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror:\n  operators:',
    `    - catalog: registry.redhat.io/${catalog}\n      packages:\n${packages}  additionalImages:`,
    ...images.map((image) => `    - name: ${image}`),
    '',
  ].join('\n');
const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const aTool = (layer: string) =>
  anImage(`quay.io/${tool}`, { layers: [layer], architectures: ['amd64', 'arm64'], signed: true });

/** Sealed once for all specs of a file. */
export async function aSiteWorld(): Promise<SiteWorld> {
  const upstream = await startDocumentedLab({ scale: 1 / 4096 });
  const world = await aWorld(upstream);
  const stop = async (): Promise<void> => {
    await world.remove();
    await upstream.stop();
  };
  moveTag(upstream, `quay.io/${tool}`, aTool('first'));
  const configs = [
    imageSet(terminal, [`quay.io/${tool}`]),
    imageSet(terminal + logging, [ubi, `quay.io/${tool}`]),
    imageSet(logging, [ubi, `quay.io/${tool}`]),
    imageSet(logging, [ubi]),
  ];
  for (const [index, folder] of life.entries()) {
    if (index === 2) moveTag(upstream, `quay.io/${tool}`, aTool('second'));
    await world.write(`mirror/content/${folder}/imageset-config.yaml`, configs[index] ?? '');
    await world.seal(folder);
  }
  return { upstream, world, stop };
}

/** Lets the site bravo have this registry. */
export async function giveRegistry(world: World, host: string): Promise<void> {
  await world.write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: test\nengine: embedded\n${trusting(host)}`);
  await world.write('mirror/sites/bravo/site.yaml', `schema: seqmirror/v1\nname: bravo\nregistry: ${host}/mirror\n`);
}

export function supply(world: World, folder: string) {
  return uploadToSite({
    ...{ ...run, location: world.location, site: 'bravo', folder, engine: 'auto' },
    ...{ force: false, dryRun: false },
  });
}
