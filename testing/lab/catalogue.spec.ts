import { catalogue, documentedSteps } from '../images/catalogue';

describe('the catalogue', () => {
  it('has the four steps', () => {
    expect(documentedSteps().map(({ name, adds }) => `${name}: ${adds.length}`)).toEqual([
      'baseline: 47',
      'add-web-terminal: 8',
      'add-cluster-logging: 9',
      'add-ubi9: 2',
    ]);
  });

  it('has each reference once', () => {
    const references = catalogue().map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
  });

  it('takes its sizes times the scale', () => {
    const bytes = (scale: number): number =>
      catalogue(scale)
        .flatMap(({ layers }) => layers)
        .reduce((sum, layer) => sum + ('bytes' in layer ? layer.bytes : 0), 0);
    expect(bytes(1) / bytes(0.5)).toBeCloseTo(2);
  });
});
