/**
 * An in-toto statement (version 1) of a sequence: its archives are the subjects, and SLSA provenance (version 1) says what
 * they were made from. It is not signed.
 */
import { hexOf } from '../../oci/digest';
import type { SequenceContent } from '../../reporting/sequence-contents';
import type { MirrorReport, ReportedSequence } from '../mirror-report';
import { packageUrlOf } from '../package-url';

const project = 'https://github.com/seqmirror/seqmirror';

export function sequenceStatement(
  sequence: ReportedSequence,
  { images }: SequenceContent,
  { mirrorId, sequences }: Pick<MirrorReport, 'mirrorId' | 'sequences'>,
): string {
  const { number, folder, archives, seal, timestamp, needs, provenance } = sequence;
  const before = sequences[number - 2];
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: archives.map(({ name, sha256 }) => ({ name: `${folder}/${name}`, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: `${project}/blob/main/docs/report.md#statements`,
        externalParameters: { mirror: mirrorId, sequence: folder, seal, previous: before?.seal ?? null, needs },
        internalParameters: { engine: provenance.engine, tlsVerified: provenance.tlsVerified },
        resolvedDependencies: images.map((image) => ({
          name: image.source,
          uri: packageUrlOf(image),
          digest: { sha256: hexOf(image.digest) },
        })),
      },
      runDetails: {
        builder: {
          id: project,
          version: { seqmirror: provenance.seqmirror, [provenance.engine]: provenance.engineVersion },
        },
        metadata: { invocationId: seal, finishedOn: timestamp },
      },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}
