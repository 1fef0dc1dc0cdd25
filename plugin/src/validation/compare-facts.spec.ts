import { aChain } from '../../../testing/worlds/chain';
import type { Mirror } from '../mirror/mirror';
import type { SequenceMetadata } from '../sequence/metadata';
import { factsFindings } from './compare-facts';
import type { SequenceRecord } from './sequence-record';

const chain = aChain().baseline('a').differential('b').build();
const mirror = { root: '/w', workspaceRoot: '/w', content: '/w/content' } as Mirror;
const recorded = chain.sequences.map(({ number, folder, seal, metadata, inventory, images }): SequenceRecord => {
  const entry = { number, folder, seal, state: 'sealed' as const };
  return { mirror, entry, metadata, inventory, images, custody: undefined, linkHolders: undefined, findings: [] };
});
const [first, second] = recorded as [SequenceRecord, SequenceRecord];
const edited = (change: Partial<SequenceMetadata>): SequenceRecord => ({
  ...second,
  metadata: { ...(second.metadata as SequenceMetadata), ...change },
});

describe('factsFindings', () => {
  it('finds nothing wrong with what was sealed', () => {
    expect([...factsFindings(first, []), ...factsFindings(second, [first])]).toEqual([]);
  });

  it('finds nothing wrong with sizes as early records say them, and finds a wrong one', () => {
    const archives = (size: (text: string) => string) =>
      second.metadata!.archives.map((archive) => ({ ...archive, size: size(archive.size) }));
    expect(factsFindings(edited({ archives: archives((size) => size.replace(' KiB', 'K')) }), [first])).toEqual([]);
    expect(
      factsFindings(edited({ archives: archives((size) => size.replace(' KiB', ' MiB')) }), [first]),
    ).toMatchObject([{ code: 'SEQ0233' }]);
  });

  it.each([
    { name: 'another count of images', change: { images: { release: 0, operator: 0, additional: 9, helm: 0 } } },
    { name: 'other changes', change: { changes: { added: [], updated: [], removed: [] } } },
    { name: 'another version', change: { oc_mirror_version: '4.19.0' } },
    {
      name: 'another needed sequence',
      change: {
        air_gapped_transfer: {
          ...second.metadata!.air_gapped_transfer,
          dependencies: ['seq7'],
        } as SequenceMetadata['air_gapped_transfer'],
      },
    },
  ])('finds $name, and says what the other records have', ({ change }) => {
    expect(factsFindings(edited(change), [first])).toMatchObject([
      { code: 'SEQ0233', details: [expect.stringContaining('but the other records say')] },
    ]);
  });
});
