import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { renderYaml } from './render-yaml';

const isPlain = (text: string) => renderYaml({ a: text }) === `a: ${text}\n`;
const isPlainToLibrary = (text: string) => stringify(text, { lineWidth: 0, compat: 'yaml-1.1' }) === `${text}\n`;

describe('renderYaml', () => {
  it.each([
    'y',
    'N',
    'Yes',
    'NO',
    'on',
    'Off',
    'TRUE',
    'false',
    'Null',
    'nan',
    'e1',
    'E+05',
    'e_1',
    '1e3',
    '0x1f',
    '12:30',
    '.inf',
    'a:',
    'a: b',
    'a :b',
    'a #b',
    'a#b',
    'a - b',
    'a--- b',
    'sha256:00',
    'quay.io:5000/a/b:v1@sha256:00',
    'yes no',
    'a ',
    '---a',
  ])('writes %j plain where every reader takes it for a text', (text) => {
    expect(isPlain(text)).toBe(isPlainToLibrary(text));
  });

  it('writes plain what the library would, whatever the text is', () => {
    const unit = fc.constantFrom(...'aAeEfFlLnNoOrRsStTuUxXyY019.:/ -_@+#?&*!%,[]{}\'"~<=|\n');
    const text = fc.string({ unit, minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(text, (each) => {
        expect([each, isPlain(each)]).toEqual([each, isPlainToLibrary(each)]);
      }),
      { numRuns: 1000 },
    );
  });
});
