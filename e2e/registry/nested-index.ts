/** Images whose index holds an index, which skopeo neither copies nor reads below the first level. */
import type { ImageSpec } from '../../testing/images/image';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

interface Manifest {
  readonly mediaType: string;
  readonly manifests?: readonly Descriptor[];
  readonly layers?: readonly Descriptor[];
  readonly config?: Descriptor;
}

/** Copies from the lab by the distribution protocol: blobs, then manifests from the leaves to the root. */
export async function copyNested(lab: Lab, registry: DebianRegistry, image: ImageSpec): Promise<void> {
  const from = `${lab.url}/v2/${image.repository}`;
  const to = `${registry.url}/v2/${image.repository.slice(image.repository.indexOf('/') + 1)}`;
  const authorization = { authorization: await credentialsOf(registry) };

  const copyManifest = async (reference: string): Promise<void> => {
    const body = await bytesAt(`${from}/manifests/${reference}`);
    const { mediaType, manifests = [], layers = [], config } = JSON.parse(body.toString()) as Manifest;
    for (const { digest } of [...layers, ...(config === undefined ? [] : [config])]) await copyBlob(digest);
    for (const { digest } of manifests) await copyManifest(digest);
    const headers = { ...authorization, 'content-type': mediaType };
    await accepted(await fetch(`${to}/manifests/${reference}`, { method: 'PUT', headers, body }));
  };
  const copyBlob = async (digest: string): Promise<void> => {
    const started = await accepted(await fetch(`${to}/blobs/uploads/`, { method: 'POST', headers: authorization }));
    const location = new URL(started.headers.get('location') ?? '', registry.url);
    location.searchParams.set('digest', digest);
    const headers = { ...authorization, 'content-type': 'application/octet-stream' };
    const body = await bytesAt(`${from}/blobs/${digest}`);
    await accepted(await fetch(location, { method: 'PUT', headers, body }));
  };
  await copyManifest(image.tag);
}

/** The digests of what an index holds. */
export async function entriesOf(registry: DebianRegistry, place: { repository: string; digest: string }) {
  const body = await bytesAt(`${registry.url}/v2/${place.repository}/manifests/${place.digest}`);
  return ((JSON.parse(body.toString()) as Manifest).manifests ?? []).map(({ digest }) => digest);
}

async function bytesAt(url: string): Promise<Buffer<ArrayBuffer>> {
  const kinds = ['image.manifest', 'image.index'].map((kind) => `application/vnd.oci.${kind}.v1+json`);
  const response = await accepted(await fetch(url, { headers: { accept: kinds.join(', ') } }));
  return Buffer.from(await response.arrayBuffer());
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url}: HTTP ${response.status} ${await response.text()}`);
}

async function credentialsOf({ host, authFile }: DebianRegistry): Promise<string> {
  if (authFile === undefined) return '';
  const { auths } = (await import(authFile)) as { auths: Record<string, { auth: string }> };
  return `Basic ${auths[host]?.auth}`;
}
