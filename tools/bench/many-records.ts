/** A mirror whose records are as large as they get, written without making images: nothing of it was ever mirrored. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Digest } from '../../plugin/src/oci/digest';
import { digestFromHex } from '../../plugin/src/oci/digest';
import { airGappedTransferOf } from '../../plugin/src/sequence/air-gapped-transfer';
import type { ChainEntry } from '../../plugin/src/sequence/chain-lock';
import { renderChainLock } from '../../plugin/src/sequence/chain-lock';
import { blobLine, imageLine } from '../../plugin/src/sequence/inventory-record';
import type { SequenceMetadata } from '../../plugin/src/sequence/metadata';
import { renderSequenceMetadata } from '../../plugin/src/sequence/metadata';
import type { Seal } from '../../plugin/src/sequence/seal';
import { sealOfHashes } from '../../plugin/src/sequence/seal';
import { renderSha256Sums } from '../../plugin/src/sequence/sha256-sums';
import { canonicalJson } from '../../plugin/src/system/canonical-json';

const config = {
  apiVersion: 'mirror.openshift.io/v2alpha1',
  kind: 'ImageSetConfiguration',
  mirror: { platform: { channels: [{ name: 'stable-4.19', minVersion: '4.19.2', maxVersion: '4.19.9' }] } },
};
const configText = stringify(config);

/** Writes sealed sequences with inventories of `entries` records each, 200 of them images, into a mirror's folder. */
export async function writeManyRecords(
  folder: string,
  { sequences, entries }: { sequences: number; entries: number },
): Promise<void> {
  await mkdir(join(folder, 'content'), { recursive: true });
  await writeFile(join(folder, 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: bench\n');
  const lock: ChainEntry[] = [];
  for (let number = 1; number <= sequences; number += 1) {
    const name = `seq${number}-step`;
    const path = join(folder, 'content', name);
    await mkdir(path);
    const images = Math.min(200, Math.floor(entries / 2));
    const imageText = linesOf(images, (digest, index) =>
      imageRecord(digest, `${number}-${String(index).padStart(3, '0')}`),
    );
    const blobText = linesOf(entries - images, (digest) => blobLine({ digest, bytes: 1_234_567 }));
    const head = JSON.stringify({ record: 'inventory', schema: 'seqmirror/v1', images, blobs: entries - images });
    const metadata = metadataOf({ number, previous: lock.at(-1)?.seal ?? null, imageText, blobText });
    lock.push({ number, folder: name, seal: metadata.seal, state: 'sealed' });
    await writeFile(join(path, 'seq-inventory.jsonl'), `${head}\n${imageText}${blobText}`);
    await writeFile(join(path, 'imageset-config.yaml'), configText);
    await writeFile(join(path, 'imageset-config.pinned.yaml'), configText);
    await writeFile(join(path, 'SHA256SUMS'), renderSha256Sums(metadata.archives));
    await writeFile(join(path, 'seq-metadata.yaml'), renderSequenceMetadata(metadata));
  }
  await writeFile(join(folder, 'content', 'chain.lock'), renderChainLock({ entries: lock }));
}

/** Sorted, as an inventory is, since the digests begin with a number that grows. */
function linesOf(count: number, lineOf: (digest: Digest, index: number) => string): string {
  const random = randomBytes(count * 28).toString('hex');
  const lines = Array.from({ length: count }, (_, index) =>
    lineOf(digestFromHex(index.toString(16).padStart(8, '0') + random.slice(index * 56, index * 56 + 56)), index),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function imageRecord(digest: Digest, name: string): string {
  const source = `registry.example/bench/${name}:1`;
  return imageLine({
    record: 'image',
    change: 'added',
    kind: 'release',
    source,
    digest,
    repository: `bench/${name}`,
    tag: '1',
  });
}

function metadataOf(facts: {
  number: number;
  previous: Seal | null;
  imageText: string;
  blobText: string;
}): SequenceMetadata {
  const { number, previous, imageText, blobText } = facts;
  const provenance = {
    seqmirror: '0.1.0',
    engine: 'oc-mirror' as const,
    engine_version: '4.19.0',
    config_sha256: sha256(canonicalJson(config)),
    tls_verified: true,
    substitutions: [],
  };
  const hashes = { images: digestFromHex(sha256(imageText)), blobs: digestFromHex(sha256(blobText)) };
  return {
    schema: 'seqmirror/v1',
    sequence_number: number,
    description: 'step',
    timestamp: '2026-11-23T06:08:52Z',
    content_type: 'baseline',
    oc_mirror_version: '4.19.0',
    config_file: 'imageset-config.yaml',
    seal: sealOfHashes({ number, previous, config, pinned: config, provenance, ...hashes }),
    previous,
    base: 'none',
    images: { release: 200, operator: 0, additional: 0, helm: 0 },
    changes: { added: [], updated: [], removed: [] },
    archives: [{ name: 'mirror_000001.tar', size: '1.0 GiB', bytes: 1_073_741_824, sha256: sha256(`${number}`) }],
    air_gapped_transfer: airGappedTransferOf({ archiveBytes: 1_073_741_824, dependencies: [] }),
    provenance,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
