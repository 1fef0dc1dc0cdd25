import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSignatureProxy } from './signature-proxy';

/** The update graph and the signature store, as api.openshift.com and mirror.openshift.com serve them. */
export interface UpdateService {
  /** For UPDATE_URL_OVERRIDE. */
  readonly graphUrl: string;
  /** For OCP_SIGNATURE_URL: oc-mirror appends to it as text, hence the slash at its end. */
  readonly signatureUrl: string;
  /** In its place, for an oc-mirror that does not know it. */
  readonly signatureProxyEnv: Readonly<Record<string, string>>;
  addRelease(release: { version: string; payload: string; digest: string; signature: Buffer }): void;
  close(): Promise<void>;
}

/** Serves the releases it is given, in one channel, each an update of the one before it. */
export async function startUpdateService(): Promise<UpdateService> {
  const nodes: { version: string; payload: string; metadata: Record<string, string> }[] = [];
  const signatures = new Map<string, Buffer>();
  const listener: RequestListener = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://lab').pathname;
    if (path === '/graph') {
      const edges = nodes.slice(1).map((_, index) => [index, index + 1]);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ nodes, edges }));
      return;
    }
    const signature = signatures.get(path.split('/').slice(-2).join('/'));
    response.statusCode = signature === undefined ? 404 : 200;
    response.end(signature);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startSignatureProxy(listener);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    graphUrl: `${base}/graph`,
    signatureUrl: `${base}/signatures/`,
    signatureProxyEnv: proxy.env,
    addRelease: ({ version, payload, digest, signature }) => {
      nodes.push({ version, payload, metadata: {} });
      signatures.set(`${digest.replace(':', '=')}/signature-1`, signature);
    },
    close: async () => {
      await proxy.close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
