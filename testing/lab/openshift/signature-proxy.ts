import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';

const certificates = join(__dirname, '../certificates');
/** The signatures of OpenShift, and the update graph of OKD. */
const names = ['mirror.openshift.com', 'origin-release.ci.openshift.org'];

export interface SignatureProxy {
  /** For addresses that an oc-mirror cannot change: OKD's graph; with 4.18 and 4.19 signatures too. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A proxy that leads to the lab's signatures and OKD's update graph under their real addresses, and nowhere else. */
export async function startSignatureProxy(listener: RequestListener): Promise<SignatureProxy> {
  const certificate = join(certificates, 'signature-store.pem');
  const server = createTlsServer(
    { cert: readFileSync(certificate), key: readFileSync(join(certificates, 'signature-store-key.pem')) },
    listener,
  );
  const proxy = createServer((_, response) => {
    response.statusCode = 502;
    response.end();
  });
  proxy.on('connect', ({ url }, socket) => {
    if (!names.some((name) => url === `${name}:443`)) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const { port } = server.address() as AddressInfo;
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => [upstream, socket].forEach((each) => each.destroy()));
  });
  const both = [server, proxy];
  for (const each of both) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      SSL_CERT_FILE: certificate,
    },
    close: async () => {
      for (const each of both) {
        const closed = new Promise<void>((resolve) => void each.close(() => resolve()));
        each.closeAllConnections();
        await closed;
      }
    },
  };
}
