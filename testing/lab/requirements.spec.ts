import { hasProgram, programPath } from './requirements';

describe('programPath', () => {
  it('looks along PATH', () => {
    expect(hasProgram('skopeo', { PATH: '/nonexistent:' })).toBe(false);
    expect(hasProgram('skopeo', {})).toBe(false);
  });

  it('takes the oc-mirror that is named, and no other', () => {
    expect(programPath('oc-mirror', { SEQMIRROR_OC_MIRROR: process.execPath })).toBe(process.execPath);
    expect(programPath('oc-mirror', { PATH: process.env['PATH'] })).toBeUndefined();
    expect(programPath('oc-mirror', { SEQMIRROR_OC_MIRROR: __dirname })).toBeUndefined();
    expect(programPath('oc-mirror', { SEQMIRROR_OC_MIRROR: __filename })).toBeUndefined();
  });

  it('takes the helm that is named, else the one on PATH', () => {
    expect(programPath('helm', { SEQMIRROR_HELM: process.execPath, PATH: '' })).toBe(process.execPath);
    expect(programPath('helm', { SEQMIRROR_HELM: __filename, PATH: '' })).toBeUndefined();
  });
});
