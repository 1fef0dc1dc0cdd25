import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { withTargetNames } from './target-names';

const targets = (names: Record<string, string>): Record<string, TargetConfiguration> =>
  Object.fromEntries(Object.entries(names).map(([name, executor]) => [name, { executor }]));

const projects: Record<string, ProjectConfiguration> = {
  mirror: {
    root: 'mirror',
    targets: targets({
      'chain-countersign': 'seqmirror:countersign',
      'chain-sign': 'seqmirror:sign',
      'chain-list': 'seqmirror:list',
      'chain-latest': 'nx:noop',
      list: 'acme:list',
      seq3: 'seqmirror:mirror',
    }),
  },
  'mirror-seq2': { root: 'mirror/content/seq2-add-ubi9', targets: targets({ 'chain-mirror': 'seqmirror:check' }) },
  'mirror-site-bravo': { root: 'mirror/sites/bravo', targets: targets({ status: 'seqmirror:status' }) },
};

describe('withTargetNames', () => {
  it.each([
    ['Next: commit it, then nx run mirror:list --all', 'Next: commit it, then nx run mirror:chain-list --all'],
    ['nx run mirror:latest', 'nx run mirror:chain-latest'],
    ['`nx run mirror:sign`', '`nx run mirror:chain-sign`'],
    ['nx run mirror-seq2:mirror:dry-run', 'nx run mirror-seq2:chain-mirror:dry-run'],
    ['nx run mirror:seq3 --refresh', 'nx run mirror:seq3 --refresh'],
    ['nx run mirror:seq3; nx run mirror:list.', 'nx run mirror:seq3; nx run mirror:chain-list.'],
    ['nx run mirror-site-bravo:status', 'nx run mirror-site-bravo:status'],
    ['nx run mirror:bundle, nx run other:list', 'nx run mirror:bundle, nx run other:list'],
  ])('%s', (text, typed) => {
    expect(withTargetNames(text, { projects })).toBe(typed);
  });
});
