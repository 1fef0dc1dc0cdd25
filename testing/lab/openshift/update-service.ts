import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { layerOf } from './image';
import { startSignatureProxy } from './signature-proxy';

/** The update graph and the signature store, as api.openshift.com and mirror.openshift.com serve them. */
export interface UpdateService {
  /** For UPDATE_URL_OVERRIDE. */
  readonly graphUrl: string;
  /** For OCP_SIGNATURE_URL: oc-mirror appends to it as text, hence the slash at its end. */
  readonly signatureUrl: string;
  /** Instead of that, for an oc-mirror that does not know the variable. */
  readonly signatureProxyEnv: Readonly<Record<string, string>>;
  addRelease(release: PublishedRelease): void;
  /** Answers matching requests like this until the returned function is called. */
  fault(path: RegExp, answer: UpdateServiceFault): () => void;
  close(): Promise<void>;
}

/** `reset`: the connection ends before any answer. */
export type UpdateServiceFault = 'reset' | { readonly status: number; readonly body?: string };

export interface PublishedRelease {
  readonly version: string;
  readonly payload: string;
  readonly digest: string;
  /** `undefined` if it is not signed. */
  readonly signature: Buffer | undefined;
  /** Default: every channel that is asked for. */
  readonly channels?: readonly string[] | undefined;
}

/** Serves the releases it is given, each an update of the one before it in its channel. */
export async function startUpdateService(): Promise<UpdateService> {
  const releases = new Map<string, PublishedRelease>();
  const signatures = new Map<string, Buffer>();
  const faults = new Set<{ readonly path: RegExp; readonly answer: UpdateServiceFault }>();
  const listener: RequestListener = (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://lab');
    const fault = [...faults].find((each) => each.path.test(path))?.answer;
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault !== undefined) {
      response.statusCode = fault.status;
      return void response.end(fault.body);
    }
    if (path === '/graph') {
      const channel = searchParams.get('channel');
      const nodes = [...releases.values()]
        // oc-mirror 4.20 asks for the graph of OKD without naming a channel.
        .filter(({ channels, payload }) =>
          channel === null ? payload.includes('/okd/') : (channels?.includes(channel) ?? true),
        )
        .map(({ version, payload }) => ({ version, payload, metadata: {} }));
      const edges = nodes.slice(1).map((_, index) => [index, index + 1]);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ nodes, edges }));
      return;
    }
    if (path === '/graph-data') {
      const channels = new Set([...releases.values()].flatMap((release) => release.channels ?? []));
      const files = [...channels, 'stable-4.99'].map((channel) => [`channels/${channel}.yaml`, `name: ${channel}\n`]);
      response.end(layerOf({ version: '1.2.0', ...Object.fromEntries(files) }).content.bytes);
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
    addRelease: (release) => {
      const { digest, signature } = release;
      releases.set(release.version, release);
      const place = `${digest.replace(':', '=')}/signature-1`;
      if (signature === undefined) signatures.delete(place);
      else signatures.set(place, signature);
    },
    fault: (path, answer) => {
      const fault = { path, answer };
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    close: async () => {
      await proxy.close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
