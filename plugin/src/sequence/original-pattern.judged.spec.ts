/**
 * What teams used before seqmirror: the "oc-mirror Sequential Workflow" (RedHatGov oc-mirror-hackathon,
 * oc-mirror-sequential.sh). Its files and commands are quoted here, so that programs that read them read ours.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { aChain } from '../../../testing/worlds/chain';

const { sequences } = aChain().baseline('ubi9', { adds: 2 }).differential('logging', { adds: 1 }).build();
const [baseline, differential] = sequences;

/** As create_sequence_metadata writes it, for both kinds of sequence. */
const original = {
  baseline: `# oc-mirror Sequential Metadata
sequence_number: 1
description: "baseline"
timestamp: "2025-08-18T14:30:00Z"
content_type: "baseline"
oc_mirror_version: "WARNING: oc-mirror v1 is deprecated"
config_file: "imageset-config.yaml"
config_source: "imageset-config.yaml"

# Archive information
archives:
  - name: "mirror_000001.tar"
    size: "22G"

# Operational Information
air_gapped_transfer:
  complete: true
  dependencies: []
  transfer_size: "22G"
`,
  differential: `# oc-mirror Sequential Metadata
sequence_number: 2
description: "add-logging"
timestamp: "2025-08-18T14:30:00Z"
content_type: "differential"
oc_mirror_version: "WARNING: oc-mirror v1 is deprecated"
config_file: "imageset-config.yaml"
config_source: "imageset-config.yaml"

# Archive information
archives:
  - name: "mirror_000001.tar"
    size: "30G"

# Operational Information
air_gapped_transfer:
  complete: false
  dependencies:
    - "seq1-baseline"
  differential_size: "30G"
  cumulative_size: "52G"
`,
};

describe('seq-metadata.yaml', () => {
  it.each([
    { name: 'a baseline', before: original.baseline, now: baseline },
    { name: 'a differential', before: original.differential, now: differential },
  ])('has every key that the original has for $name, of the same type', ({ before, now }) => {
    const metadata: unknown = parse(now?.files['seq-metadata.yaml'] ?? '');
    // The source of the configuration is recorded only where it is known.
    expect(shapeOf({ config_source: '', ...(metadata as object) })).toMatchObject(shapeOf(parse(before)) as object);
  });
});

/** The types of all values, instead of the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

describe('the original commands, on our files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seqmirror-original-'));
    for (const { folder: name, files } of sequences) {
      mkdirSync(join(folder, name));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const said = (command: string, sequence = differential) =>
    execFileSync('bash', ['-c', command], {
      cwd: folder,
      env: { PATH: process.env['PATH'], SCRIPT_DIR: join(folder, sequence?.folder ?? '') },
      encoding: 'utf8',
      // If its input were a socket, bash would take itself for a remote shell and read start-up files.
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('show the sequence, as seq-upload.sh does', () => {
    const command = String.raw`grep -E "^(sequence_number|description|content_type|timestamp):" "$SCRIPT_DIR/seq-metadata.yaml" | sed 's/^/   /'`;
    expect(said(command)).toMatchInlineSnapshot(`
      "   sequence_number: 2
         description: logging
         timestamp: 2026-11-02T06:08:52Z
         content_type: differential # measured: baseline needs no other sequence
      "
    `);
  });

  it('show the archives, and nothing else', () => {
    const command = String.raw`awk '/^archives:/,/^# /' "$SCRIPT_DIR/seq-metadata.yaml" | grep -E "(name|size)" | sed 's/^/   /'`;
    expect(said(command)).toMatchInlineSnapshot(`
      "     - name: mirror_000001.tar
             size: 11.8 KiB
      "
    `);
  });

  it('show what to carry', () => {
    const command = String.raw`awk '/^air_gapped_transfer:/,0' "$SCRIPT_DIR/seq-metadata.yaml" | grep -E "(complete|dependencies)" | sed 's/^/   /'`;
    expect([said(command, baseline), said(command)]).toMatchInlineSnapshot(`
      [
        "     complete: true
           dependencies: []
      ",
        "     complete: false
           dependencies:
      ",
      ]
    `);
  });

  it('find the number in a folder, and the highest one', () => {
    const command = String.raw`for dir in seq*; do basename "$dir" | grep -o 'seq[0-9]*' | grep -o '[0-9]*'; done`;
    expect(said(command)).toBe('1\n2\n');
  });

  it('find description and type, as the list of the original does', () => {
    const command = String.raw`grep "^description:" "$SCRIPT_DIR/seq-metadata.yaml" | cut -d'"' -f2; grep "^content_type:" "$SCRIPT_DIR/seq-metadata.yaml" | cut -d'"' -f2`;
    expect(said(command)).toMatchInlineSnapshot(`
      "description: logging
      content_type: differential # measured: baseline needs no other sequence
      "
    `);
  });

  it('compare sizes over all sequences, and show what a sequence depends on', () => {
    expect(said('grep -r "cumulative_size" seq*/seq-metadata.yaml | sort')).toMatch(
      /^seq1-ubi9\/seq-metadata.yaml: {2}cumulative_size: [\d.]+ KiB\nseq2-logging\/seq-metadata.yaml: {2}cumulative_size: [\d.]+ KiB\n$/,
    );
    expect(said('cat seq2-logging/seq-metadata.yaml | grep -A5 dependencies')).toContain('- seq1');
  });
});
