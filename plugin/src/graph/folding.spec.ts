import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateDependenciesContext, ProjectConfiguration } from '@nx/devkit';
import * as fc from 'fast-check';
import { createDependencies } from './create-dependencies';
import { nodesFor } from './create-nodes';
import { globsUpTo } from './older-project';

const settings = 'mirror/seqmirror.yaml';
const folder = (number: number) => `mirror/content/seq${number}-step`;
const planned = (number: number) => [`${folder(number)}/imageset-config.yaml`, `${folder(number)}/sequence.yaml`];
const sealed = (number: number) => [...planned(number), `${folder(number)}/seq-metadata.yaml`];
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** 30 sealed sequences and a planned one. */
const chain = [settings, ...numbers(1, 30).flatMap(sealed), ...planned(31)];

function projectsFor(
  files: readonly string[],
  { text = '', foldsOld }: { text?: string; foldsOld?: boolean } = {},
): Record<string, ProjectConfiguration> {
  const nodes = nodesFor(files, new Map([[settings, text]]), undefined, { foldsOld });
  return Object.fromEntries(
    nodes.flatMap(([, { projects = {} }]) =>
      Object.values(projects).map((project) => [project.name, project as ProjectConfiguration]),
    ),
  );
}

describe('the graph of a long chain', () => {
  it('has one project for what is older than the last 24 sealed sequences', () => {
    const projects = projectsFor(chain);
    expect(Object.keys(projects)).toEqual([
      ...['mirror', 'mirror-older'],
      ...numbers(7, 31).map((number) => `mirror-seq${number}`),
    ]);
    expect(projects['mirror-older']).toMatchInlineSnapshot(`
      {
        "metadata": {
          "description": "seq1 to seq6, sealed: they share this project. graph.show in seqmirror.yaml sets how many newer sequences have their own project",
          "technologies": [
            "oc-mirror",
          ],
        },
        "name": "mirror-older",
        "projectType": "library",
        "root": "mirror/content/seq1-step",
        "targets": {
          "mirror": {
            "cache": true,
            "executor": "seqmirror:check",
            "inputs": [
              "{workspaceRoot}/mirror/content/seq[1-5]-*/{imageset-config.yaml,sequence.yaml,imageset-config.pinned.yaml,seq-metadata.yaml,seq-inventory.jsonl,SHA256SUMS}",
              "{workspaceRoot}/mirror/content/seq6-*/{imageset-config.yaml,sequence.yaml,imageset-config.pinned.yaml,seq-metadata.yaml,seq-inventory.jsonl,SHA256SUMS}",
              {
                "externalDependencies": [],
              },
            ],
            "metadata": {
              "description": "seq1 to seq6 of mirror are sealed: check that their intent and records are unchanged",
              "help": {
                "command": "npx nx run mirror-older:mirror --help",
                "example": {},
              },
              "technologies": [
                "oc-mirror",
              ],
            },
            "options": {
              "earlier": true,
              "sequence": "mirror/content/seq6-step",
            },
            "outputs": [],
          },
        },
      }
    `);
  });

  it('checks the folded sequences before the first shown one, and for the name of each', () => {
    const projects = projectsFor(chain);
    const before = [{ projects: ['mirror-older'], target: 'mirror' }];
    expect(projects['mirror-seq7']?.targets?.['mirror']?.dependsOn).toEqual(before);
    expect(projects['mirror']?.targets?.['seq3']).toEqual({ executor: 'nx:noop', dependsOn: before });
    expect(projects['mirror']?.targets?.['seq30']?.dependsOn).toEqual([
      { projects: ['mirror-seq30'], target: 'mirror' },
    ]);
  });

  it('changes no project when a sequence is sealed but the two at the fold and the mirror', () => {
    const before = projectsFor(chain);
    const after = projectsFor([...chain, ...sealed(31), ...planned(32)]);
    const changed = Object.keys(after).filter(
      (name) => name in before && JSON.stringify(after[name]) !== JSON.stringify(before[name]),
    );
    expect(changed).toEqual(['mirror', 'mirror-older', 'mirror-seq8', 'mirror-seq31']);
  });

  it.each([
    { text: 'graph:\n  show: 2\n', shown: numbers(29, 31) },
    { text: 'graph: { show: 100 }\n', shown: numbers(1, 31) },
    { text: 'graph:\n  show: all\n', shown: numbers(1, 31) },
  ])('shows as many as $text says', ({ text, shown }) => {
    const names = Object.keys(projectsFor(chain, { text })).filter((name) => name.startsWith('mirror-seq'));
    expect(names).toEqual(shown.map((number) => `mirror-seq${number}`));
  });

  it('gives old sequences that are shown their check alone', () => {
    const projects = projectsFor(chain, { text: 'graph:\n  show: all\n' });
    expect(projects['mirror-seq6']).toEqual({
      root: folder(6),
      name: 'mirror-seq6',
      targets: {
        mirror: {
          executor: 'seqmirror:check',
          options: { sequence: folder(6) },
          dependsOn: [{ projects: ['mirror-seq5'], target: 'mirror' }],
          cache: true,
          inputs: [
            expect.stringContaining('{projectRoot}'),
            `{workspaceRoot}/${folder(5)}/seq-metadata.yaml`,
            { externalDependencies: [] },
          ],
          outputs: [],
        },
      },
    });
    expect(Object.keys(projects['mirror-seq7']?.targets ?? {})).toContain('validate');
  });

  it('has every sequence with all of its targets for the program without Nx', () => {
    const projects = projectsFor(chain, { foldsOld: false });
    expect(Object.keys(projects['mirror-seq1']?.targets ?? {})).toContain('reissue');
  });

  it('folds nothing at and behind a planned sequence, nor one that claims a taken number', () => {
    const files = [settings, ...sealed(1), ...sealed(2), ...planned(3), ...numbers(4, 30).flatMap(sealed)];
    const names = Object.keys(projectsFor([...files, 'mirror/content/seq2-other/imageset-config.yaml']));
    expect(names.slice(0, 4)).toEqual(['mirror', 'mirror-older', 'mirror-seq3', 'mirror-seq4']);
    expect(names.at(-1)).toBe('mirror-seq2-other');
  });

  it('escapes what a folder has that globs take for their own', () => {
    const files = chain.map((file) => file.replace('mirror/', 'a[b]/{mirror}/'));
    const older = Object.values(projectsFor(files)).find(({ name }) => name?.endsWith('-older'));
    expect(older?.targets?.['mirror']?.inputs?.[0]).toContain('{workspaceRoot}/a*b*/*mirror*/content/seq[1-5]-*/');
  });
});

describe('globsUpTo', () => {
  it('matches the numbers from 1 to the one given, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2500 }), (last, number) => {
        const matching = globsUpTo(last).filter((glob) => new RegExp(`^${glob}$`).test(String(number)));
        expect(matching).toHaveLength(number <= last ? 1 : 0);
      }),
    );
  });
});

describe('edges of a long chain', () => {
  let workspaceRoot: string;
  beforeEach(async () => {
    workspaceRoot = await mkdtemp(join(tmpdir(), 'seqmirror-graph-'));
    await mkdir(join(workspaceRoot, 'mirror/sites/alpha'), { recursive: true });
  });
  afterEach(() => rm(workspaceRoot, { recursive: true }));

  async function edges(text: string): Promise<string[]> {
    const files = [...chain, 'mirror/sites/alpha/site.yaml'];
    await writeFile(join(workspaceRoot, settings), text);
    await writeFile(join(workspaceRoot, 'mirror/sites/alpha/ledger.yaml'), 'entries:\n  - sequence: 4\n');
    const projects = projectsFor(files, { text });
    const found = await createDependencies(undefined, {
      ...{ workspaceRoot, projects, fileMap: { nonProjectFiles: [], projectFileMap: { x: files.map(fileData) } } },
    } as unknown as CreateDependenciesContext);
    return found.map(({ source, target, type }) => `${source} → ${target} ${type}`);
  }

  it('lead from and to the project of the folded sequences', async () => {
    const found = await edges('');
    expect(found).toContain('mirror-seq8 → mirror-seq7 static');
    // Nx would keep an edge with a source file after `graph.show` has changed.
    expect(found).toContain('mirror-seq7 → mirror-older implicit');
    expect(found).toContain('mirror-site-alpha → mirror-older implicit');
    expect(found.filter((edge) => edge.startsWith('mirror-older'))).toEqual([]);
    expect(found).toHaveLength(27);
  });

  it('lead from each sequence to the one before if all are shown', async () => {
    const found = await edges('graph:\n  show: all\n');
    expect(found).toContain('mirror-seq2 → mirror-seq1 static');
    expect(found).toContain('mirror-site-alpha → mirror-seq4 implicit');
    expect(found).toHaveLength(32);
  });
});

const fileData = (file: string) => ({ file, hash: '' });
