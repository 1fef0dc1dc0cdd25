import { bodyTooLarge } from './errors';
import type { HttpResponse } from './http';

/**
 * Reads a body whole, into memory.
 *
 * @throws SEQ0516 when it is larger than the limit in bytes; any error that cuts it off
 */
export async function readLimited(response: HttpResponse, limit: number): Promise<Buffer> {
  const announced = Number(response.header('content-length') ?? 0);
  if (announced > limit) {
    response.body.on('error', () => undefined).destroy();
    throw bodyTooLarge({ url: response.url, limit });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw bodyTooLarge({ url: response.url, limit });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
