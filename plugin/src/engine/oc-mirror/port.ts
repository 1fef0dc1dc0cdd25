import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * A port that nobody listens on now. Another process may take it before oc-mirror does; then oc-mirror says so, or
 * panics, and the next attempt uses another.
 */
export async function freeLoopbackPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
