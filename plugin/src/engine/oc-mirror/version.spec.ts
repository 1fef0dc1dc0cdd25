import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { EngineOptions } from '../engine';
import { capabilitiesOf, parseVersion, probeOcMirror } from './version';

const options: EngineOptions = {
  parallelImages: 4,
  parallelLayers: 5,
  retries: 5,
  imageTimeoutSeconds: 3600,
  removeSignatures: false,
  slim: true,
  attachments: { taken: 'all', ifRefused: 'fail' },
};
const answer = (gitVersion: string): string => JSON.stringify({ clientVersion: { major: '', minor: '', gitVersion } });

describe('parseVersion', () => {
  it.each([
    ['4.19.0-202507292137.p0.g1a2b3c4.assembly.stream.el9-1a2b3c4', '4.19.0-202507292137'],
    ['4.18.0-202501010000', '4.18.0-202501010000'],
    ['v4.20.1', '4.20.1'],
    ['v0.0.0-unknown', '0.0.0-unknown'],
    ['v5.0.0-rc.1', '5.0.0-rc.1'],
  ])('reads %s as %s', (gitVersion, expected) => {
    expect(parseVersion(answer(gitVersion))).toBe(expected);
  });

  it.each(['', 'Client Version: version.Info{}', '{}', '[]', answer('')])('does not read %j', (stdout) => {
    expect(parseVersion(stdout)).toBeUndefined();
  });
});

describe('capabilitiesOf', () => {
  it.each([
    { version: '4.18.11', limit: undefined, signatures: false, once: false, targets: false, platforms: false },
    {
      version: '4.19.0-202507292137',
      limit: undefined,
      signatures: true,
      once: false,
      targets: false,
      platforms: false,
    },
    { version: '4.20.0', limit: 10, signatures: true, once: false, targets: false, platforms: false },
    { version: '4.21.0', limit: 10, signatures: true, once: true, targets: false, platforms: false },
    { version: '4.22.0', limit: 10, signatures: true, once: true, targets: true, platforms: false },
    { version: '4.23.0', limit: 10, signatures: true, once: true, targets: true, platforms: true },
    { version: '5.0.0', limit: 10, signatures: true, once: true, targets: true, platforms: true },
    { version: '0.0.0-unknown', limit: 10, signatures: true, once: true, targets: true, platforms: true },
  ])('for $version', ({ version, limit, signatures, once, targets, platforms }) => {
    expect(capabilitiesOf(version)).toEqual({
      parallelLimit: limit,
      removeSignatures: signatures,
      takesSignatures: !/^4\.(19|20)\./.test(version),
      keysOnce: once,
      additionalImageTargets: targets,
      pinnedCatalogs: targets,
      platforms,
    });
  });
});

describe('probeOcMirror', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function program(script: string): Promise<string> {
    const file = join(folder, 'oc-mirror');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it('finds oc-mirror on PATH and reads only what it prints for machines', async () => {
    await program(
      `[ "$*" = 'version --output json --v2' ] || exit 1\necho hello >&2\necho '${answer('4.19.0-202507292137.p0.g1')}'`,
    );
    const version = await probeOcMirror(options, { PATH: ['relative', '/nowhere', folder].join(delimiter) });
    expect(version).toMatchObject({ engine: 'oc-mirror', version: '4.19.0-202507292137', found: 'from PATH' });
    expect(version?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is undefined without a program', async () => {
    expect(await probeOcMirror(options, { PATH: '/nowhere' })).toBeUndefined();
  });

  it('says what is wrong with the configured one', async () => {
    await expect(probeOcMirror({ ...options, ocMirrorBinary: join(folder, 'none') }, {})).rejects.toMatchObject({
      code: 'SEQ0400',
    });
    const ocMirrorBinary = await program('echo "unknown flag: --v2" >&2; exit 1');
    await expect(probeOcMirror({ ...options, ocMirrorBinary }, {})).rejects.toMatchObject({
      code: 'SEQ0401',
      what: `${ocMirrorBinary} does not answer like oc-mirror: unknown flag: --v2`,
    });
  });
});
