import { AirGappedTransfer, airGappedTransferOf, sizeText } from './air-gapped-transfer';

const gibi = 1024 ** 3;

describe('airGappedTransferOf', () => {
  it('says that a sequence without dependencies is complete', () => {
    expect(airGappedTransferOf({ archiveBytes: 24 * gibi, dependencies: [] })).toEqual({
      complete: true,
      dependencies: [],
      transfer_size: '24.0G',
      transfer_bytes: 24 * gibi,
      cumulative_size: '24.0G',
      cumulative_bytes: 24 * gibi,
    });
  });

  it('adds the archives that a fresh site needs besides', () => {
    const dependencies = [
      { number: 10, archiveBytes: 1 },
      { number: 1, archiveBytes: 24 * gibi },
    ];
    expect(airGappedTransferOf({ archiveBytes: 5905580032, dependencies })).toEqual({
      complete: false,
      dependencies: ['seq1', 'seq10'],
      differential_size: '5.5G',
      differential_bytes: 5905580032,
      cumulative_size: '29.6G',
      cumulative_bytes: 31675383809,
    });
  });

  it.each([[], [{ number: 1, archiveBytes: 0 }]])('is what the schema allows (%#)', (...dependencies) => {
    const transfer = airGappedTransferOf({ archiveBytes: 100, dependencies });
    expect(AirGappedTransfer.parse(transfer)).toEqual(transfer);
  });
});

describe('sizeText', () => {
  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1.0K'],
    [10_241, '10.1K'],
  ])('of %d bytes is %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
