/**
 * Whether a registry looks at what it stores: a few bytes are sent under a digest that is not theirs. If it refuses them
 * by the code of OCI distribution for that (1.1, Error Codes: DIGEST_INVALID), it hashes what it gets in one request.
 */
import { randomBytes } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestOf } from '../oci/digest';
import { isSeqmirrorError } from '../system/errors';
import { discard } from './http';
import { pushing, withDigest } from './push-request';
import { openUpload } from './push-upload';
import type { PullSource } from './request-facts';
import type { Transport } from './transport';

interface Question {
  readonly source: PullSource;
  readonly signal: AbortSignal;
}

/**
 * The origin of the server that proves digests, `undefined` if it does not, or nobody knows. Nothing is left there: what
 * is refused is not kept, and what is taken is removed again, as far as the registry lets us.
 */
export async function originThatProves(transport: Transport, question: Question): Promise<string | undefined> {
  try {
    return await ask(transport, question);
  } catch (error) {
    question.signal.throwIfAborted();
    // The upload itself will say what is wrong.
    if (isSeqmirrorError(error)) return undefined;
    throw error;
  }
}

async function ask(transport: Transport, { source, signal }: Question): Promise<string | undefined> {
  const content = randomBytes(32);
  // The digest of something else that nobody has: if it is taken under that, it stands for nothing.
  const digest = digestOf(randomBytes(32));
  const subject = `a test upload to ${source.host}`;
  const open = await openUpload(transport, { source, subject, blob: { digest }, signal }, undefined);
  if (open === 'mounted') return undefined;
  const answer = await transport.send<'refused' | 'taken'>(
    [source],
    {
      ...pushing(subject),
      method: 'PUT',
      path: '',
      url: withDigest(open.location, { digest }),
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(content.length) },
      body: () => content,
      attempt: 1,
      accepts: [200, 201, 202, 204],
      understands: ({ status, code }) => (status === 400 && code === 'DIGEST_INVALID' ? 'refused' : undefined),
      read: (response) => {
        discard(response);
        return 'taken';
      },
    },
    signal,
  );
  if (answer === 'refused') return open.location.origin;
  // Many registries delete nothing by request, and collect what no manifest names.
  for (const taken of [digest, digestOf(content)])
    await remove(transport, { source, signal }, taken).catch(() => undefined);
  return undefined;
}

async function remove(transport: Transport, { source, signal }: Question, digest: Digest): Promise<void> {
  await transport.send<void>(
    [source],
    {
      ...pushing(`blob ${digest} of ${source.host}/${source.repository}`),
      method: 'DELETE',
      path: `blobs/${digest}`,
      accepts: [200, 202, 204, 404],
      read: discard,
    },
    signal,
  );
}
