import fc from 'fast-check';
import { formatReference, parseReference, tryParseReference } from './reference';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('parseReference', () => {
  it.each([
    ['registry.redhat.io/ubi9/ubi:9.5', { host: 'registry.redhat.io', repository: 'ubi9/ubi', tag: '9.5' }],
    ['docker://quay.io/a/b:1', { host: 'quay.io', repository: 'a/b', tag: '1' }],
    ['localhost:5000/app', { host: 'localhost:5000', repository: 'app' }],
    ['localhost/app:1', { host: 'localhost', repository: 'app', tag: '1' }],
    ['[::1]:5000/app:1', { host: '[::1]:5000', repository: 'app', tag: '1' }],
    [`quay.io/a/b@${digest}`, { host: 'quay.io', repository: 'a/b', digest }],
    [`quay.io/a/b:1@${digest}`, { host: 'quay.io', repository: 'a/b', tag: '1', digest }],
    ['busybox', { host: 'docker.io', repository: 'library/busybox' }],
    ['busybox:1', { host: 'docker.io', repository: 'library/busybox', tag: '1' }],
    ['docker.io/busybox', { host: 'docker.io', repository: 'library/busybox' }],
    ['index.docker.io/busybox', { host: 'docker.io', repository: 'library/busybox' }],
    ['org/app', { host: 'docker.io', repository: 'org/app' }],
    ['quay.io/a__b/c-d.e---f:T_a.g-', { host: 'quay.io', repository: 'a__b/c-d.e---f', tag: 'T_a.g-' }],
  ])('reads %s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each([
    ['', 'it is empty'],
    ['quay.io/a b', 'it contains white space'],
    ['oci:///tmp/catalog', 'it names a file or a URL (oci:), not an image in a registry'],
    ['https://quay.io/a/b', 'it names a file or a URL (https:), not an image in a registry'],
    ['quay.io/', 'it has a host, but no repository'],
    ['quay.io/App', 'its repository has capital letters'],
    [
      'quay.io/a//b',
      'each part of its repository must be lower-case letters and digits, with single . _ __ or - between them',
    ],
    [
      'quay.io/a/../b',
      'each part of its repository must be lower-case letters and digits, with single . _ __ or - between them',
    ],
    ['quay.io/a:', 'its tag must have 1 to 128 letters, digits, _ . and -, and begin with a letter, a digit or _'],
    ['quay.io/a:-1', 'its tag must have 1 to 128 letters, digits, _ . and -, and begin with a letter, a digit or _'],
    ['quay.io:port/a', 'its host is not a host name, or its port is not a number'],
    ['-quay.io/a', 'its host is not a host name, or its port is not a number'],
    ['quay.io/a@sha256:12', 'its digest is not sha256: and 64 lower-case hexadecimal digits'],
    [`quay.io/a@sha512:${'0'.repeat(128)}`, 'its digest is sha512, but seqmirror supports only sha256'],
    [`quay.io/a@${digest}@${digest}`, 'it contains more than one @'],
    ['0a'.repeat(32), 'its name is 64 hexadecimal digits, which docker reads as an image ID'],
    [`quay.io/${'a'.repeat(250)}`, 'host and repository together are longer than 255 characters'],
  ])('refuses %j and says why', (text, problem) => {
    expect(tryParseReference(text)).toEqual({ problem });
  });

  it('keeps user names and passwords out of its messages', () => {
    expect(() => parseReference('user:secret@quay.io/a')).toThrow('(user and password not shown)@quay.io/a');
  });

  it('reads back what formatReference writes', () => {
    const part = fc.stringMatching(/^[a-z0-9]+([._-][a-z0-9]+)?$/, { maxLength: 12 });
    const reference = fc.record(
      {
        host: fc.constantFrom('quay.io', 'localhost:5000', 'docker.io', '[::1]:80'),
        repository: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
        tag: fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/),
        digest: fc.constant(digest),
      },
      { requiredKeys: ['host', 'repository'] },
    );
    fc.assert(
      fc.property(reference, (given) => {
        expect(parseReference(formatReference(given as ReturnType<typeof parseReference>))).toEqual(given);
      }),
    );
  });

  it('never fails with an error of another kind', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => 'reference' in tryParseReference(text) || 'problem' in tryParseReference(text),
      ),
    );
  });
});
