import type { MirrorInfo } from '../../info/info';
import { renderInfo } from './info';

const info: MirrorInfo = {
  mirror: 'mirror',
  id: 'platform',
  folder: 'mirror',
  settings: [
    { key: 'dataDir', value: '/srv/platform', from: { kind: 'environment', variable: 'SEQMIRROR_DATA_DIR' } },
    { key: 'engine', value: 'auto', from: { kind: 'default' } },
    { key: 'retries', value: 8, from: { kind: 'file', file: 'mirror/seqmirror.yaml', line: 4 } },
    { key: 'signing.sign', value: ['gpg', '…'], from: { kind: 'file', file: 'mirror/seqmirror.yaml', line: 6 } },
  ],
  dataDirectory: { path: '/srv/platform', isThere: false, freeBytes: 5_905_580_032 },
  engine: { name: 'oc-mirror', version: '4.19.0', found: 'from PATH' },
  registries: {
    credentials: { namedBy: 'settings', files: [{ path: '/etc/auth.json', isThere: true }] },
    registriesConf: { files: [] },
  },
  environment: { SEQMIRROR_DATA_DIR: '/srv' },
  versions: { seqmirror: '0.1.0', node: '20.20.2', platform: 'linux x64' },
};

describe('renderInfo', () => {
  it('shows the effective values and where they come from', () => {
    expect(renderInfo(info)).toMatchInlineSnapshot(`
      "mirror in mirror/, id platform

      SETTING       VALUE          FROM
      dataDir       /srv/platform  SEQMIRROR_DATA_DIR
      engine        auto           default
      retries       8              mirror/seqmirror.yaml:4
      signing.sign  gpg …          mirror/seqmirror.yaml:6

      Engine: oc-mirror 4.19.0 (from PATH); \`engine\` is auto, and oc-mirror is installed
      Data directory: /srv/platform (does not exist yet) with 5.5 GiB free
      Credentials (named by settings): /etc/auth.json
      registries.conf: no file found
      Environment:
        SEQMIRROR_DATA_DIR=/srv
      seqmirror 0.1.0, Node 20.20.2, linux x64"
    `);
  });

  it('says that nothing is signed if the settings do not mention it', () => {
    const settings = info.settings.filter(({ key }) => key !== 'signing.sign');
    expect(renderInfo({ ...info, settings })).toContain('\nSigning: off; chain.lock and bundles are not signed\n');
    expect(renderInfo(info)).not.toContain('Signing: none');
  });

  it('says why no engine would mirror', () => {
    const problem = { code: 'SEQ0470', what: 'oc-mirror is not here', next: 'Install it', details: [] } as const;
    expect(renderInfo({ ...info, engine: { problem } })).toContain('SEQ0470 oc-mirror is not here\n');
  });
});
