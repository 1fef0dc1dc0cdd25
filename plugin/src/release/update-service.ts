/**
 * Asks OpenShift's update service for the update graphs of channels, as oc-mirror does (internal/pkg/cincinnati): by
 * architecture and channel, at the address that UPDATE_URL_OVERRIDE gives. Each graph is asked for once.
 */
import { randomUUID } from 'node:crypto';
import type { WebDocuments } from '../registry/web-documents';
import { addressIn } from './environment-address';
import { graphDataByteLimit } from './graph-image';
import { graphByteLimit } from './release-graph';
import type { GraphLookup, GraphQuery } from './select-releases';
import type { UpdateGraph } from './update-graph';
import { readUpdateGraph } from './update-graph';

const openShift = 'https://api.openshift.com/api/upgrades_info/v1/graph';
const okd = 'https://origin-release.ci.openshift.org/graph';

export interface UpdateService {
  readonly graphOf: GraphLookup;
  /**
   * The graph data for an update service on the disconnected side, and where it comes from. UPDATE_URL_OVERRIDE moves
   * it too: `…/graph-data` beside the `…/v1/graph` or `…/graph` that it names. oc-mirror only knows api.openshift.com;
   * with the override it mirrors no graph image, except one that is there already.
   *
   * @throws SEQ0529 if the service has no graph data
   */
  graphData(): Promise<{ readonly data: Buffer; readonly from: string }>;
  /** Its answers, byte by byte, by the names under which oc-mirror keeps them: `amd64-stable-4.19.json`. Sorted. */
  answers(): ReadonlyMap<string, Buffer>;
}

/** @throws SEQ0421 when UPDATE_URL_OVERRIDE is not an address */
export function createUpdateService({
  documents,
  env,
  id = randomUUID(),
}: {
  readonly documents: WebDocuments;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Identifies the client, as the service requires; chosen at random for each run. */
  readonly id?: string | undefined;
}): UpdateService {
  const addresses = { ocp: addressIn(env, { variable: 'UPDATE_URL_OVERRIDE', usual: openShift }), okd: new URL(okd) };
  const graphs = new Map<string, Promise<UpdateGraph>>();
  const answers = new Map<string, Buffer>();

  const ask = async ({ type, architecture, channel }: GraphQuery): Promise<UpdateGraph> => {
    // A text that cannot be a channel's name is neither requested nor used as a file name.
    if (![architecture, channel].every((word) => /^[\w.+-]+$/.test(word))) return { nodes: [], edges: [] };
    const url = new URL(addresses[type]);
    for (const [key, value] of Object.entries({ arch: architecture, channel, id })) url.searchParams.set(key, value);
    const subject = `the update graph of ${channel} for ${architecture}`;
    const instead =
      type === 'ocp'
        ? 'Or set UPDATE_URL_OVERRIDE to the URL of another update service'
        : 'Or remove the channels of type okd';
    const limit = graphByteLimit;
    // The graph of a channel that does not exist is empty; without any answer it is unknown.
    const answer = await documents.read(url, { subject, instead, accept: 'application/json', limit, absent: [] });
    const content = answer ?? Buffer.alloc(0);
    const graph = readUpdateGraph(content, { from: `${url.host}: ${subject}` });
    answers.set(`${architecture}-${channel}.json`, content);
    return graph;
  };
  return {
    graphOf: (query) => {
      const key = [query.type, query.architecture, query.channel].join(' ');
      const graph = graphs.get(key) ?? ask(query);
      graphs.set(key, graph);
      return graph;
    },
    graphData: async () => {
      const url = new URL(addresses.ocp);
      url.pathname = url.pathname.replace(/(?:\/v1)?\/[^/]*$/, '/graph-data');
      const subject = 'the graph data';
      const instead = 'Or remove `graph: true`, to mirror without the image of the update graph';
      const data = await documents.read(url, { subject, instead, limit: graphDataByteLimit, absent: [] });
      return { data: data ?? Buffer.alloc(0), from: `${url.host}${url.pathname}` };
    },
    answers: () => new Map([...answers].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
