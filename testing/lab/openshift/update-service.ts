import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The update graph and the signature store, as api.openshift.com and mirror.openshift.com serve them. */
export interface UpdateService {
  /** For UPDATE_URL_OVERRIDE. */
  readonly graphUrl: string;
  /** For OCP_SIGNATURE_URL: oc-mirror appends to it as text, hence the slash at its end. */
  readonly signatureUrl: string;
  addRelease(release: { version: string; payload: string; digest: string; signature: Buffer }): void;
  close(): Promise<void>;
}

/** Serves the releases it is given, in one channel, each an update of the one before it. */
export async function startUpdateService(): Promise<UpdateService> {
  const nodes: { version: string; payload: string; metadata: Record<string, string> }[] = [];
  const signatures = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://lab').pathname;
    if (path === '/graph') {
      const edges = nodes.slice(1).map((_, index) => [index, index + 1]);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ nodes, edges }));
      return;
    }
    const signature = signatures.get(path);
    response.statusCode = signature === undefined ? 404 : 200;
    response.end(signature);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    graphUrl: `${base}/graph`,
    signatureUrl: `${base}/signatures/`,
    addRelease: ({ version, payload, digest, signature }) => {
      nodes.push({ version, payload, metadata: {} });
      signatures.set(`/signatures/${digest.replace(':', '=')}/signature-1`, signature);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
