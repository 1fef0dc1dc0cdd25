import fc from 'fast-check';
import { parse } from 'yaml';
import { aChain } from '../../../testing/worlds/chain';
import { isSeqmirrorError, renderExplanation } from '../system/errors';
import { parseSequenceMetadata, renderSequenceMetadata } from './metadata';
import { prettierFormats } from './prettier.fixture';

const file = 'content/seq2-logging/seq-metadata.yaml';
const chain = aChain().baseline('ubi9').differential('logging', { adds: 2, updates: 1, removes: 1 }).build();
const metadata = chain.sequences[1]!.metadata;
const text = renderSequenceMetadata(metadata);

function said(changed: string): string {
  try {
    parseSequenceMetadata(changed, file);
    return 'nothing';
  } catch (error) {
    return isSeqmirrorError(error) ? renderExplanation(error) : String(error);
  }
}

describe('renderSequenceMetadata', () => {
  it('writes facts for people and tools', () => {
    expect(text.replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1…')).toMatchInlineSnapshot(`
      "# Written by seqmirror when the sequence was sealed. Edits are noticed.

      schema: seqmirror/v1
      sequence_number: 2
      description: logging
      timestamp: 2026-11-02T06:08:52Z
      content_type: differential # measured: baseline needs no other sequence
      oc_mirror_version: embedded 0.1.0
      config_file: imageset-config.yaml
      seal: sha256:858bd2ee…
      previous: sha256:e40e11f7… # seal of seq1
      base: previous # what was asked for; dependencies below is what was found
      images: { release: 0, operator: 0, additional: 3, helm: 0 }
      # Against the previous sequence.
      changes:
        added:
          - registry.example/logging/image-0:1.0
          - registry.example/logging/image-1:1.0
        updated:
          - registry.example/ubi9/image-1:1.0
        removed:
          - registry.example/ubi9/image-0:1.0
      # As they are packaged now. A reissue may repackage them; the seal stays.
      archives:
        - name: mirror_000001.tar
          size: 19.9 KiB
          bytes: 20369
          sha256: 2512f5c9…
      # Operational Information: what has to be carried.
      air_gapped_transfer:
        complete: false
        # The sequences whose blobs this one really uses.
        dependencies:
          - seq1
        differential_size: 19.9 KiB
        differential_bytes: 20369
        # Of the smallest set that a new site needs.
        cumulative_size: 36.3 KiB
        cumulative_bytes: 37127
      provenance:
        seqmirror: 0.1.0
        engine: embedded
        engine_version: embedded 0.1.0
        config_sha256: f4c5e868…
        tls_verified: true
        substitutions: []
      "
    `);
  });

  it('writes a text that is read back unchanged, with either kind of line end', () => {
    for (const { metadata: each } of chain.sequences) {
      expect(parseSequenceMetadata(renderSequenceMetadata(each), file)).toEqual(each);
      expect(parseSequenceMetadata(renderSequenceMetadata(each).replaceAll('\n', '\r\n'), file)).toEqual(each);
    }
  });

  it('writes what other YAML readers read in the same way', () => {
    expect(parse(text, { version: '1.1' })).toMatchObject({
      sequence_number: 2,
      content_type: 'differential',
      base: 'previous',
    });
  });

  it('writes a file that prettier leaves alone, whatever the texts in it are', async () => {
    const line = fc.string({ minLength: 1, maxLength: 150 }).filter((each) => each === each.trim());
    await fc.assert(
      fc.asyncProperty(line, fc.array(line, { maxLength: 3 }), fc.boolean(), async (description, added, first) => {
        const base = chain.sequences[first ? 0 : 1]!.metadata;
        const rendered = renderSequenceMetadata({ ...base, description, changes: { ...base.changes, added } });
        for (const formatted of await prettierFormats(rendered)) expect(formatted).toBe(rendered);
        expect(parseSequenceMetadata(rendered, file)).toMatchObject({ description, changes: { added } });
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});

describe('parseSequenceMetadata', () => {
  it.each([
    { name: 'an unknown key', changed: `${text}extra: 1\n`, code: 'SEQ0211' },
    { name: 'a missing key', changed: text.replace(/^seal:.*\n/m, ''), code: 'SEQ0211' },
    { name: 'a size in words', changed: text.replace(/size: .*/, 'size: large'), code: 'SEQ0211' },
    {
      name: 'an archive outside the folder',
      changed: text.replace('mirror_000001.tar', '../mirror_000001.tar'),
      code: 'SEQ0211',
    },
    {
      name: 'a complete sequence with dependencies',
      changed: text.replace('complete: false', 'complete: true'),
      code: 'SEQ0211',
    },
    { name: 'a newer format', changed: text.replace('/v1', '/v2'), code: 'SEQ0210' },
    { name: 'a merge conflict', changed: `<<<<<<< HEAD\n${text}`, code: 'SEQ0212' },
    { name: 'half a file', changed: text.slice(0, text.length / 2), code: 'SEQ0211' },
  ])('refuses $name', ({ changed, code }) => {
    expect(said(changed)).toMatch(new RegExp(`^${code} `));
  });

  it('says what is wrong and where; further problems are details', () => {
    expect(
      said(text.replace('sequence_number: 2', 'sequence_number: two').replace(/^timestamp.*/m, 'timestamp: today')),
    ).toMatchInlineSnapshot(`
      "SEQ0211 content/seq2-logging/seq-metadata.yaml:4:18: \`sequence_number\` must be a number, but is "two"
        content/seq2-logging/seq-metadata.yaml:6:12: \`timestamp\` must be a time in UTC such as 2026-11-23T06:08:52Z, but is "today"
        Why:   The file was edited or damaged after seqmirror wrote it
        Next:  Run \`git restore content/seq2-logging/seq-metadata.yaml\`, or copy the file from another clone. seqmirror never writes a file like this"
    `);
  });

  it('names the seqmirror that wrote a newer file', () => {
    expect(said(text.replace('/v1', '/v2').replace('seqmirror: 0.1.0', 'seqmirror: 2.3.0'))).toContain(
      'npm install --save-dev seqmirror@2.3.0',
    );
  });
});
