import type { SequencePlan } from '../../mirroring/plan/plan';
import { digestFromHex } from '../../oci/digest';
import { planInMarkdown } from '../markdown/plan';
import { renderPlan } from './plan';

const gibibyte = 1024 ** 3;
const none = { images: 0, bytes: 0 };
const move = (source: string) => ({ source, from: digestFromHex('a'.repeat(64)), to: digestFromHex('b'.repeat(64)) });
const kinds: SequencePlan['changes']['kinds'] = [
  {
    kind: 'release',
    added: { images: 12, bytes: gibibyte },
    shared: { images: 179, bytes: 20 * gibibyte },
    dropped: { images: 12, bytes: 0.5 * gibibyte },
  },
  { kind: 'additional', added: { images: 1, bytes: 70 * 1024 ** 2 }, shared: none, dropped: none },
];

function planOf(more: Partial<SequencePlan> = {}): SequencePlan {
  return {
    mirror: 'mirror',
    folder: 'seq4-add-ubi9',
    number: 4,
    isSealed: false,
    isRepetition: false,
    since: { number: 3, folder: 'seq3-add-logging', timestamp: '2026-11-23T06:08:52Z' },
    base: 'previous',
    engine: { engine: 'embedded', version: 'embedded 0.1.0', found: 'built in' },
    changes: {
      kinds,
      total: {
        added: { images: 13, bytes: gibibyte + 70 * 1024 ** 2 },
        shared: { images: 179, bytes: 20 * gibibyte },
        dropped: { images: 12, bytes: 0.5 * gibibyte },
      },
    },
    moves: {
      catalogs: [move('registry.redhat.io/redhat/redhat-operator-index:v4.19')],
      heads: [
        {
          catalog: 'registry.redhat.io/redhat/redhat-operator-index:v4.19',
          package: 'cluster-logging',
          channel: 'stable-6.3',
          from: '6.3.0',
          to: '6.3.1',
        },
      ],
      releases: { added: ['4.19.5'], dropped: ['4.19.2'] },
      operators: ['registry.redhat.io/openshift-logging/cluster-logging-operator-bundle'],
      tags: [move('registry.redhat.io/ubi9/ubi:latest')],
    },
    archives: [{ name: 'mirror_000001.tar', bytes: 1_148_193_280 }],
    bytes: 1_148_193_280,
    isExact: true,
    volumes: { media: 'bd25', count: 1 },
    time: { milliseconds: 151_000, bytesPerSecond: 8 * 1024 ** 2, runs: 3 },
    space: { neededBytes: 1.2 * gibibyte, freeBytes: 210 * gibibyte, isEnough: true },
    unanswered: [],
    notes: [],
    ...more,
  };
}

const text = (more?: Partial<SequencePlan>): string => renderPlan({ kind: 'planned', plan: planOf(more) });
const markdown = (more?: Partial<SequencePlan>): string => planInMarkdown({ kind: 'planned', plan: planOf(more) });
const still: SequencePlan['moves'] = {
  catalogs: [],
  heads: [],
  releases: { added: [], dropped: [] },
  operators: [],
  tags: [],
};

describe('a plan for people', () => {
  it('is one screen', () => {
    expect(text()).toMatchInlineSnapshot(`
      "seq4-add-ubi9: what it would add, compared with seq3-add-logging, sealed 2026-11-23T06:08:52Z
      Engine: embedded 0.1.0; no layer was downloaded and nothing was written

      KIND        NEW  NEW BYTES  SHARED  SHARED BYTES  DROPPED  DROPPED BYTES
      release      12    1.0 GiB     179      20.0 GiB       12      512.0 MiB
      additional    1   70.0 MiB       0           0 B        0            0 B
      all          13    1.1 GiB     179      20.0 GiB       12      512.0 MiB

      Changed upstream since seq3:
        catalog registry.redhat.io/redhat/redhat-operator-index:v4.19 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb
        operator cluster-logging (stable-6.3) 6.3.0 → 6.3.1
        releases added: 4.19.5
        releases dropped: 4.19.2
        operator images from registry.redhat.io/openshift-logging/cluster-logging-operator-bundle
        tag registry.redhat.io/ubi9/ubi:latest sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb
      Archives: 1 archive, 1.1 GiB (exactly 1148193280 bytes, if nothing changes upstream)
      Volumes: 1 volume of bd25
      Time: about 2:31, at 8.0 MiB/s as in the last 3 runs on this machine
      Space: enough: 1.2 GiB needed in the data directory (including 64.0 MiB reserve), 210.0 GiB free
      Next: nx run mirror:seq4"
    `);
  });

  it('explains shared bytes of a kind that shares no image', () => {
    expect(text()).not.toContain('Shared bytes');
    const more = kinds.map((kind) => (kind.kind === 'release' ? kind : { ...kind, shared: { images: 0, bytes: 87 } }));
    expect(text({ changes: { kinds: more, total: planOf().changes.total } })).toContain(
      'Shared bytes without a shared image: new images of the kind additional use blobs that other images have too',
    );
  });

  it('says how to mirror what asks for the same as before', () => {
    expect(text({ isRepetition: true })).toContain(
      'Next: edit the imageset-config.yaml of seq4-add-ubi9, or nx run mirror:seq4 --refresh',
    );
  });

  it('has the same content in Markdown', () => {
    expect(markdown()).toMatchInlineSnapshot(`
      "### seq4-add-ubi9: what it would add, compared with seq3-add-logging, sealed 2026-11-23T06:08:52Z

      Engine: embedded 0.1.0; no layer was downloaded and nothing was written

      | kind | new | new bytes | shared | shared bytes | dropped | dropped bytes |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: |
      | release | 12 | 1.0 GiB | 179 | 20.0 GiB | 12 | 512.0 MiB |
      | additional | 1 | 70.0 MiB | 0 | 0 B | 0 | 0 B |
      | all | 13 | 1.1 GiB | 179 | 20.0 GiB | 12 | 512.0 MiB |

      - **Changed upstream since seq3:**
        - catalog \`registry.redhat.io/redhat/redhat-operator-index:v4.19 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb\`
        - operator \`cluster-logging (stable-6.3) 6.3.0 → 6.3.1\`
        - releases added: \`4.19.5\`
        - releases dropped: \`4.19.2\`
        - operator images from \`registry.redhat.io/openshift-logging/cluster-logging-operator-bundle\`
        - tag \`registry.redhat.io/ubi9/ubi:latest sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb\`
      - **Archives:** 1 archive, 1.1 GiB (exactly 1148193280 bytes, if nothing changes upstream)
      - **Volumes:** 1 volume of \`bd25\`
      - **Time:** about 2:31, at 8.0 MiB/s as in the last 3 runs on this machine
      - **Space:** enough: 1.2 GiB needed in the data directory (including 64.0 MiB reserve), 210.0 GiB free
      - **Next:** \`nx run mirror:seq4\`"
    `);
  });

  it('says for a sealed configuration that nothing moved', () => {
    const total = { added: none, shared: { images: 13, bytes: gibibyte }, dropped: none };
    const changes = { kinds: [{ kind: 'additional' as const, ...total }], total };
    const folder = 'seq3-add-logging';
    expect(text({ folder, number: 3, isSealed: true, moves: still, changes, volumes: undefined, time: undefined }))
      .toMatchInlineSnapshot(`
      "No sequence is planned. Content of seq3-add-logging as it is upstream now, compared with what was sealed 2026-11-23T06:08:52Z
      Engine: embedded 0.1.0; no layer was downloaded and nothing was written

      KIND        NEW  NEW BYTES  SHARED  SHARED BYTES  DROPPED  DROPPED BYTES
      additional    0        0 B      13       1.0 GiB        0            0 B

      Changed upstream since seq3: nothing
      Archives: 1 archive, 1.1 GiB (exactly 1148193280 bytes, if nothing changes upstream)
      Time: unknown until the first run of 16 MiB or more on this machine
      Space: enough: 1.2 GiB needed in the data directory (including 64.0 MiB reserve), 210.0 GiB free
      Next: nothing to do"
    `);
  });

  it('says what could not be asked, what is an estimate, and that the disk is too small', () => {
    const shown = text({
      isExact: false,
      unanswered: [{ image: 'quay.io/a/b:1', why: 'SEQ0503 quay.io cannot be reached' }],
      space: { neededBytes: 2 * gibibyte, freeBytes: gibibyte, isEnough: false },
      notes: ['oc-mirror lists 190 images'],
    });
    expect(shown.split('\n').slice(-9).join('\n')).toMatchInlineSnapshot(`
      "  operator images from registry.redhat.io/openshift-logging/cluster-logging-operator-bundle
        tag registry.redhat.io/ubi9/ubi:latest sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb
      Archives: about 1 archive, 1.1 GiB
      Volumes: 1 volume of bd25
      Time: about 2:31, at 8.0 MiB/s as in the last 3 runs on this machine
      Space: NOT ENOUGH: 2.0 GiB needed in the data directory (including 64.0 MiB reserve), 1.0 GiB free
      Images that no registry answered for (not counted): quay.io/a/b:1: SEQ0503 quay.io cannot be reached
      Notes: oc-mirror lists 190 images
      Next: plan again when the registries answer"
    `);
  });

  it('shows twenty moved tags and counts the others', () => {
    const tags = Array.from({ length: 30 }, (_, index) => move(`r.example/a:${index}`));
    expect(
      text({ moves: { catalogs: [], heads: [], releases: { added: [], dropped: [] }, operators: [], tags } }),
    ).toContain('and 10 more; --json lists all');
  });

  it('lets no foreign name be a picture, a link, a mention or a row in Markdown, nor a colour on a terminal', () => {
    const hostile = move('r.example/`![x](https://evil.example/)` @everyone | <b>\u001b[31m:1');
    const moves = { catalogs: [], heads: [], releases: { added: [], dropped: [] }, operators: [], tags: [hostile] };
    const line = markdown({ moves })
      .split('\n')
      .find((each) => each.includes('evil'));
    expect(line).toMatchInlineSnapshot(
      `"- **Changed upstream since seq3:** tag \`r.example/'![x](https://evil.example/)' @everyone | <b>\\u001b[31m:1 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb\`"`,
    );
    expect(text({ moves })).not.toContain('\u001b');
  });

  it('says what a plan waits for', () => {
    const waiting = { kind: 'waiting', folder: 'seq3-x', waitsFor: 'seq2-y' } as const;
    expect(renderPlan(waiting)).toBe('seq3-x: seqmirror can plan it when seq2-y is sealed');
    expect(planInMarkdown(waiting)).toBe('**seq3-x**: seqmirror can plan it when seq2-y is sealed');
  });
});
