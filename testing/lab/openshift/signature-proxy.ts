import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';

const certificates = join(__dirname, '../certificates');
const store = 'mirror.openshift.com';

export interface SignatureProxy {
  /** For the environment of an oc-mirror that cannot be told where signatures are: 4.18 and 4.19. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A proxy that leads to the lab's signatures under their real address, and nowhere else. */
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
    if (url !== `${store}:443`) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
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
