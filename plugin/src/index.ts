/** What Nx loads for the graph, in its own process at every command: nothing heavy may be imported from here. */
import { createNodes } from './graph/create-nodes';

export { createNodes };
export { createDependencies } from './graph/create-dependencies';
export type { SeqmirrorPluginOptions } from './graph/options';

/** The name under which Nx 21 and 22 look for `createNodes`. */
export const createNodesV2 = createNodes;
