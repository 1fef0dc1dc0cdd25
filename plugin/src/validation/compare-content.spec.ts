import { anImage } from '../../../testing/images/small-image';
import { linksOf } from '../archive/links';
import { blobSetOf } from '../sequence/closure';
import { linkFindings } from './compare-content';

const { image, blobs } = anImage('quay.io/lab/app:1', { seed: 1 });
const records = blobSetOf(blobs);
const links = linksOf([image], records).map(({ name, digest }) => ({ name, target: digest }));
const layer = links.find(({ name }) => name.includes('/_layers/'))?.name ?? '';

describe('linkFindings', () => {
  it.each([
    { name: 'is there', place: 'own or base' as const, there: true, damaged: false, broken: 0 },
    { name: 'is left to an earlier sequence', place: 'own or base' as const, there: false, damaged: false, broken: 0 },
    {
      name: 'is there but damaged, and hides the sound one of an earlier sequence',
      place: 'own or base' as const,
      there: false,
      damaged: true,
      broken: 1,
    },
    {
      name: 'is held by the archives of an earlier sequence',
      place: 'base' as const,
      there: false,
      damaged: false,
      broken: 0,
    },
    {
      name: 'is held by earlier archives, and a damaged one hides it',
      place: 'base' as const,
      there: false,
      damaged: true,
      broken: 1,
    },
    {
      name: 'is missing for an image that this sequence adds',
      place: 'own' as const,
      there: false,
      damaged: false,
      broken: 1,
    },
  ])('names $broken images if a link $name', ({ place, there, damaged, broken }) => {
    const found = {
      links: links.filter((link) => there || link.name !== layer) as unknown as Parameters<
        typeof linkFindings
      >[0]['links'],
      damagedLinks: new Set(damaged ? [layer] : []),
    };
    const recorded = { folder: 'seq2-a', images: [image], records, placeOf: () => place };
    expect(linkFindings(found, recorded, { next: '' }).broken).toHaveLength(broken);
  });
});
