import { mkdirSync } from 'node:fs';
import { trustOfHost } from './certificates';
import { createLab } from './scripted-registry.fixture';
import { testAuthority, testServer } from './test-certificates.fixture';

describe('trustOfHost', () => {
  let lab: ReturnType<typeof createLab>;
  beforeEach(() => {
    lab = createLab();
    mkdirSync(`${lab.folder}/.config/containers/certs.d/localhost:5000`, { recursive: true });
  });
  afterEach(() => lab.close());
  const inFolder = (name: string) => `.config/containers/certs.d/localhost:5000/${name}`;

  it('reads authorities and a client certificate from certs.d, besides caFile', async () => {
    lab.file(inFolder('ca.crt'), testAuthority);
    lab.file(inFolder('me.cert'), testServer.cert);
    lab.file(inFolder('me.key'), testServer.key);
    const caFile = lab.file('own.pem', testServer.cert);
    expect(await trustOfHost('localhost:5000', { caFile, env: lab.env })).toEqual({
      authorities: [testServer.cert, testAuthority],
      client: testServer,
    });
  });

  it('uses only the folder that is named after the host and port', async () => {
    lab.file(inFolder('ca.crt'), testAuthority);
    expect(await trustOfHost('localhost:5001', { env: lab.env })).toEqual({ authorities: [] });
  });

  it('refuses a file there that is not a certificate', async () => {
    lab.file(inFolder('ca.crt'), 'nothing');
    await expect(trustOfHost('localhost:5000', { env: lab.env })).rejects.toMatchObject({ code: 'SEQ0517' });
  });
});
