/** The records of a sequence, from what an engine has staged and what was proven of it. */
import type { Provenance, StagedArchives } from '../engine/engine';
import type { SequenceRecords } from '../mirror/build-records';
import { buildRecords } from '../mirror/build-records';
import { configSha256 } from '../mirror/check-sealed';
import type { RecordedProvenance } from '../sequence/metadata';
import { seqmirrorVersion } from '../system/package-version';
import type { Preparation } from './prepare';
import type { ProvenStage } from './prove-stage';
import { recordOfHead } from '../mirror/changes/changes';

export function recordsOfStage(
  prepared: Preparation,
  staged: StagedArchives,
  {
    number,
    proven: { verified, completeness },
    now,
  }: { readonly number: number; readonly proven: ProvenStage; readonly now: Date },
): SequenceRecords {
  return buildRecords({
    ...prepared,
    number,
    config: prepared.document.config,
    pinnedConfig: staged.pinnedConfig,
    images: staged.images,
    closure: completeness.closure,
    blobs: verified.blobs,
    leftOut: staged.linksLeftOut ? { since: number - 1, linkHolder: prepared.base.linkHolder } : undefined,
    archives: verified.archives.map(({ name, bytes, sha256, frameSha256 }) => ({
      name,
      bytes,
      sha256,
      frame_sha256: frameSha256,
    })),
    provenance: provenanceOf(prepared, staged),
    now,
  });
}

function provenanceOf(
  { engine: { version }, document }: Preparation,
  { provenance }: StagedArchives,
): RecordedProvenance {
  return {
    seqmirror: seqmirrorVersion(),
    engine: version.engine,
    engine_version: version.version,
    engine_sha256: version.sha256,
    release_signature_key: provenance.releaseKeys?.join(', ').slice(0, 200),
    config_sha256: configSha256(document.config),
    tls_verified: provenance.tlsVerified,
    substitutions: [...provenance.substitutions],
    attachments: attachmentsRecorded(provenance),
    operators: provenance.operators?.map(({ catalog, heads, dependencies }) => ({
      catalog,
      heads: heads.map(recordOfHead),
      dependencies: dependencies && [...dependencies],
    })),
    missing: provenance.missing === undefined ? undefined : [...provenance.missing],
  };
}

// The most that the record holds.
const mostRefused = 1000;

function attachmentsRecorded({ attachments }: Provenance): RecordedProvenance['attachments'] {
  if (attachments === undefined) return undefined;
  const { taken, ifRefused, refused } = attachments;
  const listed = refused.length > mostRefused ? refused.slice(0, mostRefused - 1) : refused;
  const others = refused.length - listed.length;
  return { taken, if_refused: ifRefused, refused: [...listed, ...(others === 0 ? [] : [`${others} more`])] };
}
