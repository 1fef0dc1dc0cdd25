import type { ImageReference } from '../oci/reference';
import { tryParseReference } from '../oci/reference';
import type { ImageSetConfiguration } from './schema';

const layoutPrefix = 'oci://';

/** Whether a catalog or image is an OCI layout on disk: `oci:///srv/catalog`. */
export function isOciLayout(text: string): boolean {
  return text.startsWith(layoutPrefix);
}

export function ociPathOf(text: string): string {
  return text.slice(layoutPrefix.length);
}

/** The reference of an image in a registry; `undefined` for OCI layouts and for names that no registry can have. */
export function registryReferenceOf(text: string): ImageReference | undefined {
  return isOciLayout(text) ? undefined : tryParseReference(text).reference;
}

/** Whether a valid reference has neither tag nor digest; oc-mirror has no default for them. */
export function lacksVersion(text: string): boolean {
  const reference = registryReferenceOf(text);
  return reference !== undefined && reference.tag === undefined && reference.digest === undefined;
}

/** Which rule of the grammar the name of an image breaks, in a few words. */
export function problemOfReference(text: string, { ociLayouts = false } = {}): string | undefined {
  if (ociLayouts && isOciLayout(text)) return ociPathOf(text) === '' ? 'there is no path after oci://' : undefined;
  return tryParseReference(text).problem;
}

/** Whether an image's name leaves the registry to the default, docker.io. */
export function hasNoHost(text: string): boolean {
  if (registryReferenceOf(text) === undefined) return false;
  const [first = '', ...rest] = text.replace(/^docker:\/\//, '').split('/');
  return rest.length === 0 || !(/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
}

/** Hosts of the registries that a configuration names itself, each once, in order. Releases by channel name none. */
export function hostsOf({ mirror }: ImageSetConfiguration): readonly string[] {
  const texts = [
    mirror.platform?.release ?? '',
    ...(mirror.operators ?? []).map(({ catalog }) => catalog),
    ...(mirror.additionalImages ?? []).map(({ name }) => name),
  ];
  return [...new Set(texts.flatMap((text) => registryReferenceOf(text)?.host ?? []))];
}
