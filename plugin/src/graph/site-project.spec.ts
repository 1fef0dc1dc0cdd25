import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CreateDependenciesContext } from '@nx/devkit';
import type { CommandName } from '../commands/commands';
import { commandOptions } from '../commands/options';
import { createDependencies } from './create-dependencies';
import { nodesFor } from './create-nodes';

const settings = 'mirror/seqmirror.yaml';
const site = 'mirror/sites/bravo/site.yaml';
const sealed = ['mirror/content/seq1-baseline/imageset-config.yaml', 'mirror/content/seq1-baseline/seq-metadata.yaml'];

function projectsFor(files: readonly string[], options = {}) {
  const nodes = nodesFor(files, new Map(), options);
  return Object.fromEntries(nodes.flatMap(([, { projects = {} }]) => Object.entries(projects)));
}

describe('a site in the graph', () => {
  it('is a project with the targets of a site', () => {
    const { targets = {}, ...project } = projectsFor([settings, site])['mirror/sites/bravo'] ?? {};
    expect(project).toEqual({
      root: 'mirror/sites/bravo',
      name: 'mirror-site-bravo',
      projectType: 'application',
      metadata: { description: 'The site bravo of mirror', technologies: ['oc-mirror'] },
    });
    expect(Object.keys(targets)).toEqual(expect.arrayContaining(['status', 'rollback']));
    for (const target of Object.values(targets)) {
      expect(target).toMatchObject({ cache: false, options: { site: 'mirror/sites/bravo' } });
    }
  });

  it('has a bundle and an upload to the last sealed sequence, once there is one', () => {
    const planned = 'mirror/content/seq2-more/imageset-config.yaml';
    const targets = projectsFor([settings, site, ...sealed, planned])['mirror/sites/bravo']?.targets ?? {};
    for (const target of ['bundle', 'upload']) {
      expect(targets[target]?.options).toEqual({
        sequence: 'mirror/content/seq1-baseline',
        site: target === 'bundle' ? ['bravo'] : 'bravo',
      });
      expect(projectsFor([settings, site, planned])['mirror/sites/bravo']?.targets).not.toHaveProperty(target);
    }
  });

  it('explains each target of each project, for nx show project and Nx Console', () => {
    const files = [settings, site, ...sealed, 'mirror/content/seq2-more/imageset-config.yaml'];
    const projects = Object.values(projectsFor([...files, 'mirror/content/seq9/sequence.yaml']));
    const targets = projects.flatMap(({ name, targets: its = {} }) =>
      Object.entries(its).map(([target, { metadata }]) => ({ task: `${name}:${target}`, metadata })),
    );
    expect(targets.length).toBeGreaterThan(20);
    for (const { task, metadata } of targets) {
      expect(metadata).toMatchObject({
        description: expect.stringMatching(/^\S.*[^.]$/),
        help: { command: `npx nx run ${task} --help`, example: expect.any(Object) },
      });
    }
  });

  it('passes every executor options that it accepts', () => {
    const projects = Object.values(projectsFor([settings, site, ...sealed]));
    const targets = projects.flatMap((project) => Object.values(project.targets ?? {}));
    const ours = targets.flatMap(({ executor = '', options }) => {
      const [plugin, command] = executor.split(':');
      return plugin === 'seqmirror' ? [{ command: command as CommandName, options: options ?? {} }] : [];
    });
    expect(ours.length).toBeGreaterThan(15);
    const refused = ours.filter(({ command, options }) => {
      const issues = commandOptions[command]().safeParse(options).error?.issues ?? [];
      // The options that a person has to type are still missing.
      return issues.some(({ path: [option = ''] }) => String(option) in options || option === '');
    });
    expect(refused).toEqual([]);
  });

  it('is not needed for the status and the bundle of a mirror, which say what is missing', () => {
    expect(projectsFor([settings])['mirror']?.targets).toMatchObject({ status: {}, bundle: {} });
  });

  it('has targets with the same prefix as all others', () => {
    expect(projectsFor([settings, site], { targetPrefix: 'chain-' })['mirror/sites/bravo']?.targets).toHaveProperty(
      'chain-status',
    );
  });

  it('exists only in the sites folder of a mirror', () => {
    expect(projectsFor([site])).toEqual({});
    expect(Object.keys(projectsFor([settings, 'mirror/other/bravo/site.yaml']))).toEqual(['mirror']);
  });

  it('has a project with a usable name, whatever its folder is called', () => {
    const names = Object.values(projectsFor([settings, 'mirror/sites/a b/site.yaml', 'mirror/sites/a!b/site.yaml']));
    expect(names.map(({ name }) => name)).toEqual(['mirror', 'mirror-site-a-b', 'mirror-site-a-b-2']);
  });
});

describe('the edge of a site', () => {
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'seqmirror-site-'))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  const edgesWith = async (ledger: string | undefined) => {
    const files = { mirror: settings, 'mirror-seq1': sealed[0]!, 'mirror-site-bravo': site };
    if (ledger !== undefined) {
      await mkdir(join(root, dirname(site)), { recursive: true });
      await writeFile(join(root, dirname(site), 'ledger.yaml'), ledger);
    }
    const context = {
      workspaceRoot: root,
      projects: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, { root: dirname(file) }])),
      fileMap: {
        nonProjectFiles: [],
        projectFileMap: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, [{ file, hash: '' }]])),
      },
    } as unknown as CreateDependenciesContext;
    const edges = await createDependencies(undefined, context);
    return edges.filter(({ source }) => source === 'mirror-site-bravo');
  };

  it('leads to the last sequence in its ledger', async () => {
    expect(await edgesWith('entries:\n  - sequence: 1\n')).toEqual([
      { source: 'mirror-site-bravo', target: 'mirror-seq1', type: 'implicit' },
    ]);
  });

  it.each([
    { name: 'no ledger', ledger: undefined },
    { name: 'an empty ledger', ledger: 'entries: []\n' },
    { name: 'a broken ledger', ledger: '\u0000: [' },
    { name: 'a sequence that does not exist', ledger: 'entries:\n  - sequence: 7\n' },
  ])('does not exist with $name', async ({ ledger }) => expect(await edgesWith(ledger)).toEqual([]));
});
