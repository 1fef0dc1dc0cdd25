import type { Content, Image, ImageIndex } from './image';
import { cosignSignatureOf } from './image';

/**
 * Puts an image into a registry by plain HTTP (OCI distribution 1.1: monolithic upload by POST and PUT). Blobs that are
 * there already are not sent again. Returns the root digest.
 */
export async function pushImage(
  image: Image | ImageIndex,
  { registry, repository, tag }: { registry: string; repository: string; tag?: string },
): Promise<string> {
  const base = `http://${registry}/v2/${repository}`;
  for (const child of 'children' in image ? image.children : [image]) {
    for (const blob of child.blobs) await pushBlob(base, blob);
    if (child.manifest !== image.manifest) await pushManifest(base, child.manifest, child.manifest.digest);
  }
  await pushManifest(base, image.manifest, tag ?? image.manifest.digest);
  return image.manifest.digest;
}

/** Pushes an image and, beside it, a signature under the tag that cosign gives it. Returns the image's digest. */
export async function pushSignedImage(
  image: Image,
  { registry, repository, tag }: { registry: string; repository: string; tag?: string },
): Promise<string> {
  const digest = await pushImage(image, { registry, repository, ...(tag === undefined ? {} : { tag }) });
  const signatureTag = `${digest.replace(':', '-')}.sig`;
  await pushImage(cosignSignatureOf(digest), { registry, repository, tag: signatureTag });
  return digest;
}

async function pushBlob(base: string, blob: Content): Promise<void> {
  const there = await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD' });
  if (there.ok) return;
  const begun = await expectStatus(202, await fetch(`${base}/blobs/uploads/`, { method: 'POST' }));
  const upload = new URL(begun.headers.get('location') ?? '', base);
  upload.searchParams.set('digest', blob.digest);
  await expectStatus(
    201,
    await fetch(upload, {
      method: 'PUT',
      body: new Uint8Array(blob.bytes),
      headers: { 'content-type': 'application/octet-stream' },
    }),
  );
}

async function pushManifest(base: string, manifest: Content, reference: string): Promise<void> {
  await expectStatus(
    201,
    await fetch(`${base}/manifests/${reference}`, {
      method: 'PUT',
      body: new Uint8Array(manifest.bytes),
      headers: { 'content-type': manifest.mediaType },
    }),
  );
}

async function expectStatus(status: number, response: Response): Promise<Response> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.url}: HTTP ${response.status}: ${text.slice(0, 500)}`);
  return response;
}
