/**
 * The registries of `nx g seqmirror:demo` for people: an upstream with a base image and an operator catalog, and the
 * registry of a site, which is empty. The build makes one file of this, `dist/demo/registries.js` of the package.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { defaultScale } from '../images/catalogue';
import { catalogSpec, ubiSpec } from '../images/documented';
import type { Lab } from './lab';
import { startLab } from './lab';

const usage = `Starts two small registries on 127.0.0.1 for the demo of seqmirror, until you press Ctrl-C.

  --port <number>   of the upstream; the registry of the site gets the next port   (default 5050)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '5050' }, help: { type: 'boolean' } } });
  if (values.help === true) return void process.stdout.write(usage);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) throw new Error(`--port is a number from 1 to 65534`);

  const stopping = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  const started: Lab[] = [];
  const stop = (): Promise<unknown> => Promise.all(started.map((lab) => lab.stop()));
  const start = async (begun: Promise<Lab>): Promise<Lab> => {
    const lab = await begun;
    started.push(lab);
    return lab;
  };
  try {
    const digestOf = (reference: string): Promise<string> => upstream.digestOf(reference);
    const images = [...catalogSpec({ scale: defaultScale, digestOf }), ubiSpec(defaultScale)];
    const upstream: Lab = await start(startLab({ images, port }));
    const site = await start(startLab({ images: [], port: port + 1 }));
    console.log(`Upstream:              ${upstream.host}, with small images that have the names of real images`);
    console.log(`Registry of the site:  ${site.host}, empty`);
    console.log('Both stop when you press Ctrl-C. The registry of the site then loses its images.');
    await stopping;
  } finally {
    await stop();
  }
}

main().catch((error: unknown) => {
  const { code, port } = error as { readonly code?: unknown; readonly port?: unknown };
  console.error(
    code === 'EADDRINUSE'
      ? `Another program listens on 127.0.0.1:${String(port)}. Stop it, or make the demo again with another --port.`
      : error instanceof Error
        ? error.message
        : error,
  );
  process.exitCode = 1;
});
