import { dryRunArguments, mirrorToDiskArguments } from './arguments';
import type { MirrorToDiskRun } from './arguments';
import { capabilitiesOf } from './version';

const run: MirrorToDiskRun = {
  configFile: 'imageset-config.yaml',
  cacheFolder: '../cache',
  port: 40123,
  tlsVerified: true,
  parallelImages: 4,
  parallelLayers: 5,
  retries: 5,
  imageTimeoutSeconds: 3600,
  removeSignatures: false,
};

const usual = [
  '--v2',
  '--config=imageset-config.yaml',
  '--cache-dir=../cache',
  '--port=40123',
  '--parallel-images=4',
  '--parallel-layers=5',
  '--retry-times=5',
  '--image-timeout=3600s',
  'file://.',
];

describe('mirrorToDiskArguments', () => {
  it.each([
    { name: '4.18', version: '4.18.11', changes: {}, expected: usual },
    { name: '4.22', version: '4.22.0', changes: {}, expected: usual },
    { name: 'a build from main', version: '0.0.0-unknown', changes: {}, expected: usual },
    {
      name: 'more parallelism than 4.20 accepts',
      version: '4.20.3',
      changes: { parallelImages: 16, parallelLayers: 12 },
      expected: usual.map((argument) => argument.replace(/^(--parallel-.*)=.*/, '$1=10')),
    },
    {
      name: 'much parallelism, which 4.19 accepts',
      version: '4.19.0-202507292137',
      changes: { parallelImages: 16, parallelLayers: 12 },
      expected: usual.map((argument) =>
        argument
          .replace('--parallel-images=4', '--parallel-images=16')
          .replace('--parallel-layers=5', '--parallel-layers=12'),
      ),
    },
    {
      name: 'signatures left out, in a version with a flag for it',
      version: '4.21.0',
      changes: { removeSignatures: true },
      expected: [...usual.slice(0, -1), '--remove-signatures=true', ...usual.slice(-1)],
    },
    {
      name: 'signatures left out, in a version that always does so',
      version: '4.18.0',
      changes: { removeSignatures: true },
      expected: usual,
    },
    {
      name: 'credentials and an insecure source',
      version: '4.21.0',
      changes: { authFile: '/run/user/1000/containers/auth.json', tlsVerified: false },
      expected: [
        ...usual.slice(0, 4),
        '--authfile=/run/user/1000/containers/auth.json',
        '--src-tls-verify=false',
        ...usual.slice(4),
      ],
    },
  ])('returns the arguments for $name', ({ version, changes, expected }) => {
    expect(mirrorToDiskArguments({ ...run, ...changes }, capabilitiesOf(version))).toEqual(expected);
  });
});

describe('dryRunArguments', () => {
  it('adds the dry run and the log level that shows the kinds of images', () => {
    expect(dryRunArguments(run, capabilitiesOf('4.19.0'))).toEqual([
      '--v2',
      '--dry-run',
      '--log-level=debug',
      ...usual.slice(1),
    ]);
  });
});
