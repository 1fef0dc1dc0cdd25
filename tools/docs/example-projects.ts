/** What a workspace with one mirror gets: seq1 is sealed, seq2 is planned, bravo is a site. Made by the function that Nx calls. */
import type { TargetConfiguration } from '@nx/devkit';
import { nodesFor } from '../../plugin/src/graph/create-nodes';

export type ProjectKind = 'mirror' | 'sequence' | 'site';

export interface ExampleProject {
  readonly name: string;
  readonly kind: ProjectKind;
  readonly targets: Readonly<Record<string, TargetConfiguration>>;
}

const content = 'mirror/content';
const files = [
  'mirror/seqmirror.yaml',
  `${content}/seq1-baseline/imageset-config.yaml`,
  `${content}/seq1-baseline/seq-metadata.yaml`,
  `${content}/seq2-add-logging/imageset-config.yaml`,
  'mirror/sites/bravo/site.yaml',
];

export function exampleProjects(): ExampleProject[] {
  const nodes = nodesFor(files, new Map(), {});
  return nodes
    .flatMap(([, { projects = {} }]) => Object.entries(projects))
    .map(([root, { name = '', targets = {} }]) => ({ name, kind: kindOf(root), targets }));
}

function kindOf(root: string): ProjectKind {
  if (root.startsWith('mirror/sites/')) return 'site';
  return root === 'mirror' ? 'mirror' : 'sequence';
}
