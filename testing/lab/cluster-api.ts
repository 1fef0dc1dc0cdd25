/** As much of a cluster's API as `kubectl apply --server-side` asks for: it knows some kinds, and keeps what it is given. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ClusterApi {
  /** Paths of objects, in the order in which they were applied: `/apis/config.openshift.io/v1/imagedigestmirrorsets/idms-0`. */
  readonly applied: readonly string[];
  /** Answers of this status are given for objects whose path matches. */
  refuse(path: RegExp | undefined): void;
  /** Writes a kubeconfig with the contexts `here`, the current one, and `elsewhere`, which nobody answers. */
  writeKubeconfig(file: string): Promise<void>;
  stop(): Promise<void>;
}

const kinds: Readonly<Record<string, readonly (readonly [plural: string, kind: string, namespaced: boolean])[]>> = {
  '/api/v1': [['configmaps', 'ConfigMap', true]],
  '/apis/config.openshift.io/v1': [
    ['imagedigestmirrorsets', 'ImageDigestMirrorSet', false],
    ['imagetagmirrorsets', 'ImageTagMirrorSet', false],
  ],
  '/apis/operators.coreos.com/v1alpha1': [['catalogsources', 'CatalogSource', true]],
};

export async function startClusterApi(): Promise<ClusterApi> {
  const applied: string[] = [];
  let refused: RegExp | undefined;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://cluster');
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const status = (code: number, message: string): void =>
      answer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });
    // A document without definitions: kubectl validates no kind that it does not find there.
    if (pathname === '/openapi/v2')
      return void response
        .writeHead(200, { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' })
        .end();
    if (request.method === 'GET') {
      const found = discovery(pathname);
      return found === undefined ? status(404, 'not found') : answer(200, found);
    }
    return void textOf(request).then((text) => {
      if (request.method !== 'PATCH' || request.headers['content-type'] !== 'application/apply-patch+yaml')
        return status(405, `${request.method} of ${request.headers['content-type']}`);
      if (refused?.test(pathname) === true) return status(403, 'the webhook of the policy refuses it');
      applied.push(pathname);
      return answer(200, JSON.parse(text) as object);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    applied,
    refuse: (path) => void (refused = path),
    writeKubeconfig: (file) => writeFile(file, kubeconfig(port), { mode: 0o600 }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function discovery(path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = Object.keys(kinds).flatMap((each) => {
      const [, name, version] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(each) ?? [];
      const its = { groupVersion: `${name}/${version}`, version };
      return name === undefined ? [] : [{ name, versions: [its], preferredVersion: its }];
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const its = kinds[path];
  if (its === undefined) return undefined;
  const resources = its.map(([name, kind, namespaced]) => ({
    ...{ name, kind, namespaced, singularName: kind.toLowerCase() },
    verbs: ['get', 'patch', 'create'],
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: path.replace(/^\/apis?\//, ''), resources };
}

function kubeconfig(port: number): string {
  return JSON.stringify({
    ...{
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      users: [{ name: 'me', user: { token: 'secret-0815' } }],
    },
    clusters: [
      { name: 'here', cluster: { server: `http://127.0.0.1:${port}` } },
      { name: 'elsewhere', cluster: { server: 'http://127.0.0.1:1' } },
    ],
    contexts: ['here', 'elsewhere'].map((name) => ({ name, context: { cluster: name, user: 'me' } })),
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
