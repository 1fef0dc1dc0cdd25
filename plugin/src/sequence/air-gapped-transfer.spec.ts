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

  it('adds the archives that a new site needs as well', () => {
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

  it.each([[], [{ number: 1, archiveBytes: 0 }]])('returns what the schema allows (%#)', (...dependencies) => {
    const transfer = airGappedTransferOf({ archiveBytes: 100, dependencies });
    expect(AirGappedTransfer.parse(transfer)).toEqual(transfer);
  });
});

describe('airGappedTransferOf, for a sequence adopted damaged,', () => {
  it.each([
    { name: 'alone', dependencies: [], needs: [] },
    { name: 'beside dependencies', dependencies: [{ number: 1, archiveBytes: 3 }], needs: ['seq1'] },
  ])('says how much is missing everywhere, $name', ({ dependencies, needs }) => {
    const transfer = airGappedTransferOf({ archiveBytes: 100, dependencies, missingBlobs: 7 });
    expect(transfer).toMatchObject({ complete: false, dependencies: needs, missing_blobs: 7 });
    expect(AirGappedTransfer.parse(transfer)).toEqual(transfer);
  });

  it('refuses a transfer that is not complete and gives no reason', () => {
    const transfer = airGappedTransferOf({ archiveBytes: 1, dependencies: [], missingBlobs: 1 });
    const unexplained = { ...transfer, missing_blobs: undefined };
    expect(AirGappedTransfer.safeParse(unexplained).error?.issues).toMatchObject([{ path: ['dependencies'] }]);
  });
});

describe('sizeText', () => {
  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1.0K'],
    [10_241, '10.1K'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
