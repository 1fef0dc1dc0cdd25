import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureKind, sortedByKind } from './failures';
import { isPermanent, isTransient, parseMirroringErrors } from './failures';

describe('parseMirroringErrors', () => {
  it('reads a file that oc-mirror wrote', () => {
    const failed = parseMirroringErrors(readFileSync(join(__dirname, 'recorded', 'mirroring-errors.txt'), 'utf8'));
    expect(failed.map(({ reference }) => reference)).toEqual([
      'registry.redhat.io/lab/none@sha256:1d6c04e7e5a4ebb2f9ba36e7e5005219c0756972fed8ec99639c23f1b953fb72',
      'registry.redhat.io/ubi9/ubi:0.0',
    ]);
    expect(failed.every(({ reason }) => isPermanent(reason))).toBe(true);
  });

  it('reads operators, and reasons of several lines', () => {
    const text =
      'error mirroring image docker://registry.redhat.io/a/b@sha256:00 (Operator bundles: [a.v1 a.v2] - Operators: [a c]) error: first\nsecond\n' +
      'error mirroring image registry.redhat.io/d:1 error: third\n';
    expect(parseMirroringErrors(text)).toEqual([
      { reference: 'registry.redhat.io/a/b@sha256:00', operators: ['a', 'c'], reason: 'first\nsecond' },
      { reference: 'registry.redhat.io/d:1', operators: [], reason: 'third' },
    ]);
  });

  it('finds nothing in other texts', () => {
    expect(parseMirroringErrors('2026/11/23 all is well')).toEqual([]);
  });
});

describe('isTransient', () => {
  it.each([
    ['received unexpected HTTP status: 503 Service Unavailable', true],
    ['toomanyrequests: too many requests', true],
    ['net/http: TLS handshake timeout', true],
    ['read tcp: connection reset by peer', true],
    ['[GetReleaseReferenceImages] no release images found', false],
    ['catalog "x:v4.19": operator "y": duplicate channel entry', false],
  ])('%s: %s', (text, expected) => {
    expect(isTransient(text)).toBe(expected);
  });
});

const hex = 'ab'.repeat(32);

describe('failureKind', () => {
  it.each([
    [
      `copying image: reading manifest sha256-${hex}.sig in registry.example/a: name unknown: NAME_UNKNOWN`,
      'signature',
    ],
    ['reading signatures: fetching sigstore attachment manifest: unauthorized: access denied', 'signature'],
    ['initializing source docker://registry.example/a:1: reading manifest 1: name unknown', 'absent'],
    ['reading manifest 1 in registry.example/a: manifest unknown', 'absent'],
    ['requested access to the resource is denied', 'refused'],
    ['context deadline exceeded', 'time-out'],
    ['unexpected EOF', 'other'],
  ] as const)('%s: %s', (reason, expected) => {
    expect(failureKind({ reason })).toBe(expected);
  });

  it('sorts images by it, and otherwise keeps their order', () => {
    const image = (reference: string, reason: string) => ({ reference, operators: [], reason });
    const failed = [
      image('a', 'EOF'),
      image('b', 'name unknown'),
      image('c', 'reading signatures: x'),
      image('d', 'EOF'),
    ];
    expect(sortedByKind(failed).map(({ reference }) => reference)).toEqual(['c', 'b', 'a', 'd']);
  });
});
