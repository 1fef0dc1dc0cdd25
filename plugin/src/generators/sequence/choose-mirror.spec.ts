import { chooseMirror } from './choose-mirror';

const one = { name: 'platform', root: 'platform/mirror' };
const other = { name: 'tools', root: 'tools' };

describe('chooseMirror', () => {
  it.each([
    { name: 'the only one', mirrors: [one], chosen: one },
    { name: 'the one named', mirrors: [one, other], asked: 'tools', chosen: other },
    { name: 'the one whose folder is named', mirrors: [one, other], asked: 'platform/mirror/', chosen: one },
    { name: 'the one around the current folder', mirrors: [one, other], cwd: 'tools/content/seq1-a', chosen: other },
    {
      name: 'the one named, wherever the person is',
      mirrors: [one, other],
      asked: 'platform',
      cwd: 'tools',
      chosen: one,
    },
  ])('chooses $name', async ({ mirrors, asked, cwd, chosen }) => {
    await expect(chooseMirror(mirrors, { asked, cwd })).resolves.toBe(chosen);
  });

  it.each([
    { name: 'none', mirrors: [], code: 'SEQ0160' },
    { name: 'several, and nobody to ask', mirrors: [one, other], code: 'SEQ0161' },
    { name: 'no mirror with that name', mirrors: [one], asked: 'tools', code: 'SEQ0161' },
    { name: 'several, and the current folder beside them', mirrors: [one, other], cwd: 'tools-2', code: 'SEQ0161' },
  ])('refuses if there is $name', async ({ mirrors, asked, cwd, code }) => {
    process.env['NX_INTERACTIVE'] = 'false';
    await expect(chooseMirror(mirrors, { asked, cwd })).rejects.toMatchObject({ code });
  });
});
