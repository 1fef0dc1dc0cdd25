import { fewerInWords } from './upload';

it('says why fewer images are uploaded than a sequence records', () => {
  expect(fewerInWords({ replacedCatalogs: 0, samePlace: 0 })).toEqual([]);
  expect(fewerInWords({ replacedCatalogs: 1, samePlace: 2 })).toEqual([
    '  not counted: 1 original catalog, replaced by the filtered catalog',
    '  not counted: 2 images with the same repository and tag as another',
  ]);
});
