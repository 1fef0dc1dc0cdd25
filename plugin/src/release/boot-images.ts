/**
 * `0000_50_installer_coreos-bootimages.yaml` of a release payload: a ConfigMap whose `data.stream` is JSON (CoreOS stream
 * metadata), with the KubeVirt container image of each architecture that has one.
 */
import { z } from 'zod';
import { readStrictJson } from '../system/strict-json';
import { readYaml } from '../yaml/read-yaml';
import type { ReleaseComponent } from './image-references';

export const bootImagesPath = 'release-manifests/0000_50_installer_coreos-bootimages.yaml';

/** As the file names architectures. Only these have such images. */
const bootArchitectures = { amd64: 'x86_64', s390x: 's390x' } as const;
export type BootArchitecture = (typeof bootArchitectures)[keyof typeof bootArchitectures];

const ConfigMap = z.looseObject({ data: z.looseObject({ stream: z.string() }) });
const image = z.looseObject({ 'digest-ref': z.string().max(1000).nullish() });
const Stream = z.looseObject({
  architectures: z.record(
    z.string(),
    z.looseObject({ images: z.looseObject({ kubevirt: image.nullish() }).nullish() }),
  ),
});

/**
 * Which architectures' images a configuration asks for (oc-mirror, requestedKubeVirtArchKeys): those of `platforms`,
 * else of `architectures`, and all for `multi`; x86_64 if none of these has one.
 */
export function bootArchitecturesOf(content: {
  readonly platforms?: readonly { readonly architecture: string }[] | undefined;
  readonly architectures?: readonly string[] | undefined;
}): readonly BootArchitecture[] {
  const all = Object.values(bootArchitectures);
  const known = (names: readonly string[]): BootArchitecture[] =>
    names.flatMap((name) => (name in bootArchitectures ? [bootArchitectures[name as 'amd64']] : []));
  const platforms = known((content.platforms ?? []).map(({ architecture }) => architecture));
  if ((content.platforms ?? []).length > 0) return platforms.length > 0 ? platforms : all;
  const architectures = content.architectures ?? [];
  if (architectures.includes('multi')) return all;
  const named = known(architectures);
  return named.length > 0 ? named : ['x86_64'];
}

/**
 * The images for these architectures, as components of the release under the names that oc-mirror gives them: with the
 * architecture if several are asked for. `undefined` for any other text.
 */
export function kubeVirtImages(
  text: string,
  architectures: readonly BootArchitecture[],
): ReleaseComponent[] | undefined {
  const codes = { text: 'SEQ0424', value: 'SEQ0424' } as const;
  const { value } = readYaml(text, bootImagesPath, { schema: ConfigMap, codes, maxCharacters: 4 * 1024 * 1024 });
  if (value === undefined) return undefined;
  const json = readStrictJson(Buffer.from(value.data.stream), { maps: ['architectures'], integers: [] });
  const stream = 'refused' in json ? undefined : Stream.safeParse(json.value).data;
  if (stream === undefined) return undefined;
  return architectures.flatMap((architecture) => {
    const from = stream.architectures[architecture]?.images?.kubevirt?.['digest-ref'] ?? '';
    const name = architectures.length > 1 ? `kube-virt-container-${architecture}` : 'kube-virt-container';
    return from === '' ? [] : [{ name, from }];
  });
}
