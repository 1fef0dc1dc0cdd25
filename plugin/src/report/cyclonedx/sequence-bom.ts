/**
 * A bill of materials of a sequence as CycloneDX 1.6: its images as components, each with what this sequence changed of it.
 * The same records make the same bytes: number and date come from the seal.
 */
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { hexOf } from '../../oci/digest';
import type { ImageOnRecord, SequenceContent } from '../../reporting/sequence-contents';
import type { MirrorReport, ReportedSequence } from '../mirror-report';
import { packageUrlOf } from '../package-url';
import { signatureOf } from '../transfer-report';

const prefix = 'seqmirror';

export function sequenceBom(
  sequence: ReportedSequence,
  content: SequenceContent,
  report: Pick<MirrorReport, 'mirror' | 'mirrorId' | 'sequences'>,
): string {
  const bom = new Models.Bom({ serialNumber: serialNumberOf(sequence.seal) });
  bom.metadata.timestamp = new Date(sequence.timestamp);
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, 'seqmirror', { version: sequence.provenance.seqmirror }),
  );
  bom.metadata.component = subjectOf(sequence, report);
  for (const source of content.removed) bom.metadata.properties.add(property('removed', source));
  for (const image of content.images) {
    const component = componentOf(image, report);
    bom.components.add(component);
    bom.metadata.component.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function subjectOf(sequence: ReportedSequence, { mirror, mirrorId }: Pick<MirrorReport, 'mirror' | 'mirrorId'>) {
  const component = new Models.Component(Enums.ComponentType.Data, `${mirror}/${sequence.folder}`, {
    version: `seq${sequence.number}`,
    description: sequence.description,
    bomRef: sequence.seal,
  });
  component.properties.add(property('mirror', mirrorId));
  component.properties.add(property('seal', sequence.seal));
  for (const { name, sha256 } of sequence.archives)
    component.properties.add(property(`archive:${name}`, `sha256:${sha256}`));
  return component;
}

function componentOf(image: ImageOnRecord, report: Pick<MirrorReport, 'sequences'>) {
  const { source, digest, repository, tag, kind, change, since } = image;
  const component = new Models.Component(Enums.ComponentType.Container, repository, {
    version: tag,
    purl: packageUrlOf(image),
    bomRef: `${repository}:${tag}@${digest}`,
  });
  component.hashes.set(Enums.HashAlgorithm['SHA-256'], hexOf(digest));
  const facts = { source, kind, change, since: `seq${since}`, signature: signatureOf(image, report) };
  for (const [name, value] of Object.entries(facts)) component.properties.add(property(name, value));
  for (const { tag: attached, digest: its } of image.attached)
    component.properties.add(property(`attached:${attached}`, its));
  return component;
}

function property(name: string, value: string): Models.Property {
  return new Models.Property(`${prefix}:${name}`, value);
}

/** A UUID of version 8 (RFC 9562: made in one's own way) out of the seal. */
function serialNumberOf(seal: string): string {
  const hex = seal.slice('sha256:'.length);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
