import { parseSite, renderSite } from './site';

describe('site.yaml', () => {
  const whole = {
    schema: 'seqmirror/v1' as const,
    name: 'bravo',
    description: 'the ship',
    registry: 'registry.bravo.example:5000/mirror',
    media: 'bd25',
    receipts: 'code' as const,
    overdue_after_days: 14,
    rely_on: 'proven' as const,
    assume_after: 3,
  };

  it('is written for people', () => {
    expect(renderSite({ schema: 'seqmirror/v1', name: 'bravo', receipts: 'file', media: 'bd25' }))
      .toMatchInlineSnapshot(`
      "# A site: a disconnected registry, under a code name.
      # You can leave out the registry, so that Git does not contain its address. The site then names the registry.

      schema: seqmirror/v1
      name: bravo
      # How the site answers: file (a receipt), code (12 characters, typed or read over a phone), none (a diode).
      receipts: file
      # dvd5, dvd9, bd25, bd50, bd100, fat32, usb:64G, or a number of bytes. Without it: one folder of any size.
      media: bd25
      "
    `);
  });

  it('is read back as it was written', () => expect(parseSite(renderSite(whole), 'site.yaml')).toEqual(whole));

  it('has defaults for everything but its name', () => {
    expect(parseSite('schema: seqmirror/v1\nname: bravo\n', 'site.yaml')).toEqual({
      schema: 'seqmirror/v1',
      name: 'bravo',
      receipts: 'file',
      overdue_after_days: 30,
      rely_on: 'assumed',
      assume_after: 2,
    });
  });

  it.each(['dvd5', 'dvd9', 'bd25', 'bd50', 'bd100', 'fat32', 'usb:64G', 'usb:1.5T', '4700000000'])(
    'accepts %s',
    (media) => expect(parseSite(`schema: seqmirror/v1\nname: a\nmedia: "${media}"\n`, 'site.yaml').media).toBe(media),
  );

  it.each([
    ['registry', 'https://registry.example'],
    ['registry', 'user:secret@registry.example'],
    ['registry', 'registry.example/Upper'],
    ['registry', 'registry.example/'],
    ['registry', 'registry.example:5000/a//b'],
    ['media', 'usb:64'],
    ['media', 'floppy'],
    ['receipts', 'maybe'],
    ['name', 'Bravo'],
    ['name', 'a--b'],
    ['name', '../a'],
    ['name', 'a'.repeat(33)],
    ['overdue_after_days', '0'],
    ['password', 'x'],
  ])('refuses %s: %s', (key, value) => {
    const text = `schema: seqmirror/v1\n${key === 'name' ? '' : 'name: bravo\n'}${key}: ${JSON.stringify(value)}\n`;
    expect(() => parseSite(text, 'site.yaml')).toThrow('SEQ0610');
  });

  it('says where and what is wrong', () => {
    expect(() =>
      parseSite('schema: seqmirror/v1\nname: bravo\nreceits: none\n', 'mirror/sites/bravo/site.yaml'),
    ).toThrow(expect.objectContaining({ at: { file: 'mirror/sites/bravo/site.yaml', line: 3, column: 1 } }));
  });
});
