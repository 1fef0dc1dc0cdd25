/**
 * Small versions of what is carried over the gap: sequences' own folders and bundles, with archives that only a fake
 * oc-mirror reads.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundleEnvFile, renderBundleEnv } from '../../plugin/src/bundle-format/bundle-env';
import { uploadScript, uploadScriptFile } from '../../plugin/src/bundle-format/upload-script/upload-script';
import { renderSequenceMetadata } from '../../plugin/src/sequence/metadata';
import type { Seal } from '../../plugin/src/sequence/seal';
import { renderSha256Sums } from '../../plugin/src/sequence/sha256-sums';

export function sealOf(number: number): Seal {
  return `sha256:${String(number).padStart(64, '0')}` as Seal;
}

export const names = ['', 'seq1-baseline', 'seq2-add-logging', 'seq3-add-ubi9', 'seq4-next-release'] as const;

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface CarriedSequence {
  readonly number: number;
  readonly needs?: readonly number[];
  /** `added`: its archives leave out links that earlier ones hold. */
  readonly links?: 'added';
  readonly description?: string;
  readonly seal?: Seal;
}

/** A sequence's own folder as `cp -rL` copies it. */
export async function carrySequence(
  folder: string,
  { number, needs = [], links, description = `sequence ${number}`, seal = sealOf(number) }: CarriedSequence,
): Promise<string> {
  const archive = `archive of seq${number}\n`;
  const metadata = renderSequenceMetadata({
    schema: 'seqmirror/v1',
    sequence_number: number,
    description,
    timestamp: '2026-11-23T06:08:52Z',
    content_type: needs.length === 0 ? 'baseline' : 'differential',
    oc_mirror_version: '4.19.0',
    config_file: 'imageset-config.yaml',
    seal,
    previous: number === 1 ? null : sealOf(number - 1),
    base: 'previous',
    images: { release: 1, operator: 0, additional: 0, helm: 0 },
    changes: { added: [], updated: [], removed: [] },
    links_since: links && `seq${number - 1}`,
    archives: [{ name: 'mirror_000001.tar', size: '0.1 KiB', bytes: archive.length, sha256: sha256(archive) }],
    air_gapped_transfer: {
      complete: needs.length === 0,
      dependencies: needs.map((needed) => `seq${needed}`),
      ...(needs.length === 0 ? { transfer_size: '0.1 KiB', transfer_bytes: archive.length } : {}),
      ...(needs.length === 0 ? {} : { differential_size: '0.1 KiB', differential_bytes: archive.length }),
      cumulative_size: '0.1 KiB',
      cumulative_bytes: archive.length,
    } as never,
    provenance: {
      seqmirror: '0.1.0',
      engine: 'oc-mirror',
      engine_version: '4.19.0',
      config_sha256: '0'.repeat(64),
      tls_verified: true,
      substitutions: [],
    },
  });
  await writeAll(folder, {
    'imageset-config.yaml': `# seq${number}\nkind: ImageSetConfiguration\n`,
    'imageset-config.pinned.yaml': `# seq${number} pinned\nkind: ImageSetConfiguration\n`,
    'seq-metadata.yaml': metadata,
    'mirror_000001.tar': archive,
    SHA256SUMS: renderSha256Sums([{ name: 'mirror_000001.tar', sha256: sha256(archive) }]),
  });
  await writeUploadScript(folder);
  return folder;
}

export interface CarriedBundle extends CarriedSequence {
  readonly bundle?: string;
  readonly volume?: number;
  readonly volumes?: number;
  /** By name, below the bundle. */
  readonly archives?: Readonly<Record<string, string>>;
  readonly splits?: readonly { readonly name: string; readonly whole: string; readonly parts: number }[];
  readonly files?: Readonly<Record<string, string>>;
  /** What the registry has afterwards, one line each. */
  readonly images?: readonly string[];
  readonly holds?: readonly number[];
  /** One of each pair is needed. */
  readonly either?: readonly (readonly [number, number])[];
}

/** A bundle, or one of its volumes. */
export async function carryBundle(
  folder: string,
  {
    number,
    needs = [],
    links,
    description,
    bundle = 'T0007',
    volume = 1,
    volumes = 1,
    archives,
    splits = [],
    files = {},
    images,
    holds = [],
    either = [],
  }: CarriedBundle,
): Promise<string> {
  const named = (seq: number) => ({ seal: sealOf(seq), number: seq, folder: names[seq] as string });
  await writeAll(folder, {
    'imageset-config.yaml': `# seq${number} in a bundle\n`,
    'chain/chain.lock': '# the chain\n',
    'README.txt': `volume ${volume}\n`,
    ...(archives ?? { 'archives/mirror_000001.tar': `archive of bundle seq${number}\n` }),
    ...files,
    ...(images === undefined ? {} : { 'images.txt': images.map((line) => `${line}\n`).join('') }),
    [bundleEnvFile]: renderBundleEnv({
      mirror: 'platform',
      images: images === undefined ? undefined : 'images.txt',
      bundle,
      kind: 'site',
      sites: ['bravo'],
      head: named(number),
      ...(description === undefined ? {} : { description }),
      made: '2026-11-24T06:08:52Z',
      links,
      volume,
      volumes,
      needs: [
        ...needs.map((needed) => ({ ...named(needed), transfer: `T000${needed}` })),
        ...either.map(([one, other]) => ({ ...named(one), or: [named(other)] })),
      ],
      holds: holds.map(named),
      splits: splits.map(({ name, whole, parts }) => ({ name, sha256: sha256(whole), parts })),
    }),
  });
  await writeUploadScript(folder);
  await sumUp(folder);
  return folder;
}

/** Writes SHA256SUMS over every file except those that vouch for it. */
export async function sumUp(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/^(SHA256SUMS|bundle-statement\.env)/.test(entry.name));
  const sums = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: relative(folder, path), sha256: sha256(await readFile(path)) };
    }),
  );
  await writeFile(join(folder, 'SHA256SUMS'), renderSha256Sums(sums));
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Writes the script into the folder of a bundle or a sequence, to be run there. */
export async function writeUploadScript(folder: string): Promise<void> {
  await writeFile(join(folder, uploadScriptFile), await uploadScript(), { mode: 0o755 });
}

export async function writeBundleEnv(folder: string, facts: Parameters<typeof renderBundleEnv>[0]): Promise<void> {
  await writeFile(join(folder, bundleEnvFile), renderBundleEnv(facts));
}
