import { AirGappedTransfer, airGappedTransferOf, saysSize, SizeText } from './air-gapped-transfer';

const gibi = 1024 ** 3;

describe('airGappedTransferOf', () => {
  it('says that a sequence without dependencies is complete', () => {
    expect(airGappedTransferOf({ archiveBytes: 24 * gibi, dependencies: [] })).toEqual({
      complete: true,
      dependencies: [],
      transfer_size: '24.0 GiB',
      transfer_bytes: 24 * gibi,
      cumulative_size: '24.0 GiB',
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
      differential_size: '5.5 GiB',
      differential_bytes: 5905580032,
      cumulative_size: '29.6 GiB',
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

describe('saysSize', () => {
  it.each([
    ['0 B', 0],
    ['1023B', 1023],
    ['1.0 KiB', 1024],
    ['10.1K', 10_241],
    ['3.0 PiB', 3 * 1024 ** 5],
  ])('knows that %s says %d bytes, in either spelling', (text, bytes) => {
    expect([saysSize(text, bytes), SizeText.safeParse(text).success]).toEqual([true, true]);
  });

  it.each([
    ['10.1 KiB', 10_344],
    ['10.1M', 10_241],
    ['10.1 K', 10_241],
    ['10.1KiB', 10_241],
  ])('does not take %s for %d bytes', (text, bytes) => {
    expect(saysSize(text, bytes)).toBe(false);
  });
});
