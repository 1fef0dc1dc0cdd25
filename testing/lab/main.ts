/** The lab for people: `node -r @swc-node/register testing/lab/main.ts --scale 0.01`, then what it prints, in another shell. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { catalogReference } from '../images/documented';
import { startDocumentedLab } from './documented-lab';
import type { LabOptions } from './lab';
import { startLab } from './lab';

const usage = `A small upstream on loopback, with what the documented steps ask for: releases, an operator catalog, ubi9.

  --scale <factor>         of the real sizes; 1 is about 22 GiB       (default 1/2048)
  --seed <text>            another seed, other bytes in all layers
  --auth none|basic|token  what it asks for                           (default none)
  --empty                  with nothing in it: the registry of a site
  --tls                    HTTPS, by an authority that nobody trusts yet
  --object-storage         blobs come from a second server
  --port <number>          instead of a free one
  --folder <path>          for configuration and pushed blobs, kept   (default: temporary)
  --json                   one line of JSON instead of text for people
`;

const skopeoNote =
  '# skopeo 1.9 needs --registries-conf=$CONTAINERS_REGISTRIES_CONF, and --tls-verify=false where there is no TLS.';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scale: { type: 'string' },
      seed: { type: 'string' },
      auth: { type: 'string', default: 'none' },
      empty: { type: 'boolean', default: false },
      tls: { type: 'boolean', default: false },
      'object-storage': { type: 'boolean', default: false },
      port: { type: 'string' },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const options = {
    auth: { kind: authKind(values.auth) },
    tls: values.tls,
    objectStorage: values['object-storage'],
    ...(values.scale === undefined ? {} : { scale: positive('--scale', values.scale) }),
    ...(values.port === undefined ? {} : { port: positive('--port', values.port) }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values.folder === undefined ? {} : { folder: values.folder }),
  };
  const lab = values.empty ? await startLab({ ...options, images: [] }) : await startDocumentedLab(options);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  if (values.json) console.log(JSON.stringify({ url: lab.url, host: lab.host, folder: lab.folder, env: lab.env() }));
  else if (values.empty) console.log(`An empty registry listens at ${lab.host} until you press Ctrl-C.`);
  else console.log(introduction(lab.url, lab.env()));
  await stopped;
  await lab.stop();
}

function introduction(url: string, env: Record<string, string>): string {
  const has = [
    '#   releases: 4.19.2 in stable-4.19',
    `#   catalog: ${catalogReference}, with`,
    '#     web-terminal, devworkspace-operator, cluster-logging, loki-operator',
    '#   image: registry.redhat.io/ubi9/ubi:9.5',
  ];
  const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  return [`# The lab listens at ${url} until you press Ctrl-C. It has:`, ...has, ...exports, skopeoNote].join('\n');
}

function authKind(text: string): NonNullable<LabOptions['auth']>['kind'] {
  if (text === 'none' || text === 'basic' || text === 'token') return text;
  throw new TypeError(`--auth takes none, basic or token, not ${text}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${name} is a number above 0, not ${text}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 1;
});
