import { networkFailureOf } from './network-failure';

const failure = (code: string) => Object.assign(new Error(code), { code });

it.each([
  ['ENOTFOUND', 'unknown host'],
  // The resolver itself did not answer; it may a moment later.
  ['EAI_AGAIN', 'unreachable'],
  ['ECONNREFUSED', 'unreachable'],
  ['ECONNRESET', 'cut'],
  ['CERT_HAS_EXPIRED', 'untrusted'],
])('%s is reported as: %s', (code, kind) => {
  expect(networkFailureOf(new Error('around it', { cause: failure(code) }))).toMatchObject({ kind });
});

it.each(['ENOSPC', 'EACCES'])('%s has nothing to do with the network', (code) => {
  expect(networkFailureOf(failure(code))).toBeUndefined();
});
