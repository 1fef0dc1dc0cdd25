describe('bytes that are compared', () => {
  const bytes = Buffer.from('archive');

  it('are equal if they are the same, on their own or within something', () => {
    expect(Buffer.from('archive')).toEqual(bytes);
    expect(new Map([['a', [Buffer.from('archive')]]])).toEqual(new Map([['a', [bytes]]]));
    expect({ a: Buffer.from('archive') }).toStrictEqual({ a: bytes });
    expect({ a: Buffer.from('archive'), b: 1 }).toMatchObject({ a: bytes });
  });

  it.each([
    { name: 'have another byte', other: Buffer.from('archivE') },
    { name: 'are fewer', other: Buffer.from('archiv') },
    { name: 'are more', other: Buffer.from('archive\0') },
    { name: 'are a text', other: 'archive' },
  ])('are not equal if they $name', ({ other }) => {
    expect(other).not.toEqual(bytes);
    expect([other]).not.toEqual([bytes]);
    expect(new Map([['a', other]])).not.toEqual(new Map([['a', bytes]]));
  });

  it('of two kinds are equal, but not strictly', () => {
    expect(new Uint8Array(bytes)).toEqual(bytes);
    expect(new Uint8Array(bytes)).not.toStrictEqual(bytes);
  });

  it('take no time, however many they are', () => {
    const began = performance.now();
    expect(Buffer.alloc(64 * 1024 ** 2, 1)).toEqual(Buffer.alloc(64 * 1024 ** 2, 1));
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
