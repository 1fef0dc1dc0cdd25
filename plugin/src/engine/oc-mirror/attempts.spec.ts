import type { Pace, RunTrouble } from './attempts';
import { mostAttempts, nextPace } from './attempts';

const pace: Pace = { parallelImages: 4, parallelLayers: 5, imageTimeoutSeconds: 600 };
const failing = (...reasons: string[]): RunTrouble => ({
  exit: { kind: 'images failed', of: ['operator'] },
  failed: reasons.map((reason, index) => ({ reference: `registry.example/a:${index}`, operators: [], reason })),
  errors: [],
  portTaken: false,
});

describe('nextPace', () => {
  it('goes slower after failures that may pass', () => {
    expect(nextPace(pace, failing('received unexpected HTTP status: 502 Bad Gateway'), 1)).toEqual({
      parallelImages: 2,
      parallelLayers: 2,
      imageTimeoutSeconds: 600,
    });
  });

  it('gives images more time when a time limit was reached', () => {
    expect(nextPace(pace, failing('copying blob: context deadline exceeded'), 1)?.imageTimeoutSeconds).toBe(2400);
  });

  it('never goes below one at a time', () => {
    const slowest = { ...pace, parallelImages: 1, parallelLayers: 1 };
    expect(nextPace(slowest, failing('unexpected EOF'), 1)).toMatchObject({ parallelImages: 1, parallelLayers: 1 });
  });

  it('tries again if one of several failures may pass', () => {
    expect(nextPace(pace, failing('manifest unknown', 'unexpected EOF'), 1)).toBeDefined();
    expect(nextPace(pace, failing('(Mirrors also failed: manifest unknown): status 503'), 1)).toBeDefined();
  });

  it('keeps the pace if only the port was taken', () => {
    expect(nextPace(pace, { ...failing(), exit: { kind: 'crashed' }, portTaken: true }, 1)).toEqual(pace);
  });

  it.each([
    { name: 'an image does not exist', setback: failing('reading manifest 0.0 in x: manifest unknown'), attempt: 1 },
    { name: 'credentials are refused', setback: failing('unauthorized: authentication required'), attempt: 1 },
    { name: 'the config is refused', setback: { ...failing(), exit: { kind: 'refused' as const } }, attempt: 1 },
    { name: 'it crashed', setback: { ...failing(), exit: { kind: 'crashed' as const } }, attempt: 1 },
    { name: 'it could not collect', setback: { ...failing(), errors: ['no release images found'] }, attempt: 1 },
    { name: 'there were enough attempts', setback: failing('unexpected EOF'), attempt: mostAttempts },
  ])('gives up when $name', ({ setback, attempt }) => {
    expect(nextPace(pace, setback, attempt)).toBeUndefined();
  });
});
