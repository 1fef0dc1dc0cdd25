import type { ImageSetDocument } from '../../imageset/document';
import type { MirroredImage } from '../../oci/image';
import type { ImageReference } from '../../oci/reference';
import { tryParseReference } from '../../oci/reference';
import { pullSourcesOf } from '../../registry/pull-sources';
import type { RegistriesConf } from '../../registry/registries-conf';
import type { PullSource } from '../../registry/request-facts';
import type { RegistrySettings } from '../../registry/settings';
import type { Provenance } from '../engine';

/** Where release payloads and their images come from, whatever the channel. */
const releaseRepository = 'quay.io/openshift-release-dev/ocp-release';

/** Image references that a configuration names itself: catalogs, additional images, a release. */
export function referencesOf({ config }: Pick<ImageSetDocument, 'config'>): string[] {
  const { platform, operators = [], additionalImages = [] } = config.mirror;
  return [
    ...((platform?.channels ?? []).length > 0 || platform?.graph === true ? [releaseRepository] : []),
    ...(platform?.release === undefined ? [] : [platform.release]),
    ...operators.map(({ catalog }) => catalog),
    ...additionalImages.map(({ name }) => name),
  ];
}

/**
 * Whether oc-mirror must check certificates. It has one switch for all registries, and if it is on, even `insecure` in
 * registries.conf has no effect (measured with main of 2026-08). So it is turned off only if each host in the
 * configuration is declared insecure, by the settings or where registries.conf leads first.
 */
export function tlsIsVerified(
  document: Pick<ImageSetDocument, 'config'>,
  { hosts = {} }: RegistrySettings,
  conf: RegistriesConf,
): boolean {
  const references = referencesOf(document).flatMap((text) => tryParseReference(text).reference ?? []);
  const isInsecure = (reference: ImageReference): boolean =>
    hosts[reference.host]?.insecure === true || pullSourcesOf(reference, conf)[0]?.insecure === true;
  return references.length === 0 || !references.every(isInsecure);
}

/** How registries.conf and settings changed where the images came from and how that was verified. */
export function provenanceOf(
  images: readonly MirroredImage[],
  { conf, tlsVerified }: { conf: RegistriesConf; tlsVerified: boolean },
): Provenance {
  const sources: PullSource[] = [];
  for (const { source } of images) {
    const { reference } = tryParseReference(source);
    if (reference !== undefined) sources.push(...pullSourcesOf(reference, conf));
  }
  const substitutions = new Set(sources.flatMap(({ substitution }) => substitution ?? []));
  return { tlsVerified, substitutions: [...substitutions].sort() };
}
