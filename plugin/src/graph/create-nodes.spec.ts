import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodes, nodesFor, runsBatches } from './create-nodes';
import type { SeqmirrorPluginOptions } from './options';

const settings = 'mirror/seqmirror.yaml';
const planned = (folder: string) => [
  `mirror/content/${folder}/imageset-config.yaml`,
  `mirror/content/${folder}/sequence.yaml`,
];
const sealed = (folder: string) => [...planned(folder), `mirror/content/${folder}/seq-metadata.yaml`];

function projectsFor(
  files: readonly string[],
  { texts = {}, options }: { texts?: Record<string, string>; options?: SeqmirrorPluginOptions } = {},
) {
  const nodes = nodesFor(files, new Map(Object.entries(texts)), options);
  return Object.fromEntries(nodes.flatMap(([, { projects = {} }]) => Object.entries(projects)));
}

function targetsOf(root: string, files: readonly string[], options?: SeqmirrorPluginOptions) {
  return projectsFor(files, options === undefined ? {} : { options })[root]?.targets ?? {};
}

/** Targets of a mirror that has a sequence, and no site. */
const withSequence = [
  ...['plan', 'list', 'diff', 'info', 'doctor', 'status', 'metrics', 'report', 'export', 'validate', 'upload'],
  ...['reissue', 'custody', 'prune', 'restore', 'bundle'],
  ...['renumber', 'sign', 'countersign', 'unlock', 'explain'],
];

describe('nodesFor', () => {
  it('makes a project of a mirror, with a target for each sequence and some for the chain', () => {
    const { targets = {}, ...project } = projectsFor([settings, ...sealed('seq1-baseline')])['mirror'] ?? {};
    expect(Object.keys(targets)).toEqual([...['seq1', 'latest', ...withSequence]]);
    expect(project).toEqual({
      root: 'mirror',
      name: 'mirror',
      projectType: 'application',
      metadata: {
        description: 'A chain of 1 mirror sequence',
        technologies: ['oc-mirror'],
        targetGroups: {
          Sequences: ['seq1'],
          Chain: ['latest', ...withSequence],
        },
      },
    });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'gives no project the name %s, which would make every Nx command of the workspace fail',
    (name) => {
      const text = `schema: seqmirror/v1\nid: a\nname: ${name}\n`;
      const projects = Object.values(projectsFor([settings, ...planned('seq1-a')], { texts: { [settings]: text } }));
      expect(projects.map((project) => project.name)).toEqual(['mirror', 'mirror-seq1']);
      const inItsFolder = projectsFor([`x/${name}/seqmirror.yaml`]);
      expect(Object.values(inItsFolder).map((project) => project.name)).toEqual([`x-${name}`]);
    },
  );

  it.each(['constructor', 'toString', '__proto__'])(
    'makes no project in the folder %s, where Nx cannot have one',
    (name) => {
      expect(projectsFor([`${name}/seqmirror.yaml`, `${name}/content/seq1-a/sequence.yaml`])).toEqual({});
    },
  );

  it("makes the target that mirrors a planned sequence, in the sequence's project", () => {
    expect(
      projectsFor([settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging')])[
        'mirror/content/seq2-add-logging'
      ],
    ).toMatchInlineSnapshot(`
      {
        "metadata": {
          "description": "seq2-add-logging: planned",
          "technologies": [
            "oc-mirror",
          ],
        },
        "name": "mirror-seq2",
        "projectType": "library",
        "root": "mirror/content/seq2-add-logging",
        "targets": {
          "mirror": {
            "cache": false,
            "configurations": {
              "dry-run": {
                "dryRun": true,
              },
            },
            "dependsOn": [
              {
                "projects": [
                  "mirror-seq1",
                ],
                "target": "mirror",
              },
            ],
            "executor": "seqmirror:mirror",
            "metadata": {
              "description": "Mirror seq2-add-logging, after seq1-baseline",
              "help": {
                "command": "npx nx run mirror-seq2:mirror --help",
                "example": {
                  "args": [
                    "--configuration=dry-run",
                  ],
                },
              },
              "technologies": [
                "oc-mirror",
              ],
            },
            "options": {
              "sequence": "mirror/content/seq2-add-logging",
            },
            "parallelism": false,
          },
          "plan": {
            "cache": false,
            "executor": "seqmirror:plan",
            "metadata": {
              "description": "Show what seq2-add-logging would download",
              "help": {
                "command": "npx nx run mirror-seq2:plan --help",
                "example": {
                  "options": {
                    "format": "markdown",
                    "media": "bd25",
                  },
                },
              },
              "technologies": [
                "oc-mirror",
              ],
            },
            "options": {
              "sequence": "mirror/content/seq2-add-logging",
            },
            "parallelism": false,
          },
        },
      }
    `);
  });

  it('makes the target that checks a sealed sequence', () => {
    const files = [settings, ...sealed('seq1-baseline'), ...sealed('seq2-add-logging')];
    expect(targetsOf('mirror/content/seq2-add-logging', files)['mirror']).toMatchInlineSnapshot(`
      {
        "cache": true,
        "dependsOn": [
          {
            "projects": [
              "mirror-seq1",
            ],
            "target": "mirror",
          },
        ],
        "executor": "seqmirror:check",
        "inputs": [
          "{projectRoot}/{imageset-config.yaml,sequence.yaml,imageset-config.pinned.yaml,seq-metadata.yaml,seq-inventory.jsonl,SHA256SUMS}",
          "{workspaceRoot}/mirror/content/seq1-baseline/seq-metadata.yaml",
          {
            "externalDependencies": [],
          },
        ],
        "metadata": {
          "description": "seq2-add-logging is sealed: check that its intent and records are unchanged",
          "help": {
            "command": "npx nx run mirror-seq2:mirror --help",
            "example": {},
          },
          "technologies": [
            "oc-mirror",
          ],
        },
        "options": {
          "sequence": "mirror/content/seq2-add-logging",
        },
        "outputs": [],
      }
    `);
  });

  it("gives the work of each sequence a short name in the mirror's project", () => {
    const files = [settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging')];
    const { seq1, seq2 } = targetsOf('mirror', files);
    expect(seq2).toMatchInlineSnapshot(`
      {
        "configurations": {
          "dry-run": {},
        },
        "dependsOn": [
          {
            "options": "forward",
            "params": "forward",
            "projects": [
              "mirror-seq2",
            ],
            "target": "mirror",
          },
        ],
        "executor": "nx:noop",
        "metadata": {
          "description": "Mirror seq2-add-logging, after the planned sequences before it: \`mirror-seq2:mirror\`",
          "help": {
            "command": "npx nx run mirror:seq2 --help",
            "example": {
              "args": [
                "--configuration=dry-run",
              ],
            },
          },
          "technologies": [
            "oc-mirror",
          ],
        },
        "options": {
          "watch": true,
        },
      }
    `);
    expect(seq1).toMatchObject({ executor: 'nx:noop', dependsOn: [{ projects: ['mirror-seq1'], target: 'mirror' }] });
  });

  it('does not change the targets of other sequences when one is added, sealed or edited', () => {
    const before = [...sealed('seq1-baseline'), ...sealed('seq2-add-logging')];
    const others = (files: readonly string[]) => {
      const { 'mirror/content/seq1-baseline': first, 'mirror/content/seq2-add-logging': second } = projectsFor(files);
      return { first, second };
    };
    const alone = others([settings, ...before]);
    expect(others([settings, ...before, ...planned('seq3-add-ubi9')])).toEqual(alone);
    expect(others([settings, ...before, ...sealed('seq3-add-ubi9')])).toEqual(alone);
  });

  it('names the file that made a project as its source', () => {
    expect(nodesFor([settings, ...planned('seq1-baseline')], new Map(), undefined).map(([file]) => file)).toEqual([
      'mirror/seqmirror.yaml',
      'mirror/content/seq1-baseline/imageset-config.yaml',
    ]);
  });

  it('lets Nx cache sealed sequences and reports, and nothing else', () => {
    const projects = projectsFor([settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging')]);
    const cached = Object.values(projects).flatMap(({ name, targets = {} }) =>
      Object.entries(targets).flatMap(([target, { cache, outputs }]) =>
        cache === true ? [{ task: `${name}:${target}`, outputs }] : [],
      ),
    );
    expect(cached).toEqual([
      { task: 'mirror:report', outputs: ['{options.output}'] },
      { task: 'mirror-seq1:mirror', outputs: [] },
    ]);
  });

  it('hashes for a report all records of the mirror, whichever project has them', () => {
    const inputsAt = (root: string) =>
      targetsOf(root, [join(root, 'seqmirror.yaml'), join(root, 'content/seq1-a/imageset-config.yaml')])['report'];
    expect(inputsAt('a[b]/mirror')).toMatchInlineSnapshot(`
      {
        "cache": true,
        "executor": "seqmirror:report",
        "inputs": [
          "{workspaceRoot}/a*b*/mirror/*",
          "{workspaceRoot}/a*b*/mirror/content/chain.lock",
          "{workspaceRoot}/a*b*/mirror/content/chain.lock.sig",
          "{workspaceRoot}/a*b*/mirror/content/chain.lock.sig.2",
          "{workspaceRoot}/a*b*/mirror/content/seq*/{imageset-config.yaml,sequence.yaml,imageset-config.pinned.yaml,seq-metadata.yaml,seq-inventory.jsonl,SHA256SUMS}",
          "{workspaceRoot}/a*b*/mirror/content/seq*/custody.yaml",
          "{workspaceRoot}/a*b*/mirror/sites/*/site.yaml",
          "{workspaceRoot}/a*b*/mirror/sites/*/ledger.yaml",
          "{workspaceRoot}/a*b*/mirror/sites/*/transfers/*.yaml",
          {
            "externalDependencies": [],
          },
        ],
        "metadata": {
          "description": "Write a page about the mirror, and a page to sign for each transfer",
          "help": {
            "command": "npx nx run mirror:report --help",
            "example": {
              "options": {
                "all": true,
              },
            },
          },
          "technologies": [
            "oc-mirror",
          ],
        },
        "options": {
          "output": "dist/a[b]/mirror/report",
        },
        "outputs": [
          "{options.output}",
        ],
      }
    `);
    expect(inputsAt('.')?.inputs?.[0]).toBe('{workspaceRoot}/*');
    expect(inputsAt('.')?.options).toEqual({ output: 'dist/report' });
  });

  it('hashes the intent and records of a sequence, and the seal it is linked to', () => {
    const files = [settings, ...sealed('seq1-baseline'), ...sealed('seq2-add-logging')];
    expect(targetsOf('mirror/content/seq2-add-logging', files)['mirror']?.inputs).toMatchInlineSnapshot(`
      [
        "{projectRoot}/{imageset-config.yaml,sequence.yaml,imageset-config.pinned.yaml,seq-metadata.yaml,seq-inventory.jsonl,SHA256SUMS}",
        "{workspaceRoot}/mirror/content/seq1-baseline/seq-metadata.yaml",
        {
          "externalDependencies": [],
        },
      ]
    `);
  });

  it('runs nothing beside an engine, and checks sealed sequences together', () => {
    const files = [settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging')];
    const { mirror: check } = targetsOf('mirror/content/seq1-baseline', files);
    const { mirror } = targetsOf('mirror/content/seq2-add-logging', files);
    expect(mirror).toMatchObject({ executor: 'seqmirror:mirror', parallelism: false });
    expect(check?.executor).toBe('seqmirror:check');
    expect(check?.parallelism).toBeUndefined();
  });

  it('makes a dry run of a task also a dry run of everything planned before it', () => {
    const files = [settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging'), ...planned('seq3-add-ubi9')];
    const tasks = [
      targetsOf('mirror', files)['latest'],
      targetsOf('mirror', files)['seq3'],
      targetsOf('mirror/content/seq3-add-ubi9', files)['mirror'],
      targetsOf('mirror/content/seq2-add-logging', files)['mirror'],
    ];
    expect(tasks.map((target) => target?.configurations?.['dry-run'])).toEqual([
      {},
      {},
      { dryRun: true },
      { dryRun: true },
    ]);
    expect(tasks.map((target) => target?.dependsOn)).toEqual([
      [{ target: 'seq3', params: 'forward' }],
      [
        { target: 'seq2', params: 'forward' },
        { projects: ['mirror-seq3'], target: 'mirror', params: 'forward', options: 'forward' },
      ],
      [{ projects: ['mirror-seq2'], target: 'mirror', params: 'forward' }],
      [{ projects: ['mirror-seq1'], target: 'mirror' }],
    ]);
  });

  it('makes planned sequences wait only for planned ones, if each check would be a process', () => {
    const files = [
      settings,
      ...sealed('seq1-baseline'),
      ...sealed('seq2-add-logging'),
      ...planned('seq3-add-ubi9'),
      ...planned('seq4-add-tempo'),
    ];
    const nodes = nodesFor(files, new Map(), undefined, { batches: false });
    const projects = Object.fromEntries(nodes.flatMap(([, { projects: some = {} }]) => Object.entries(some)));
    const before = Object.values(projects).map(({ targets = {} }) =>
      targets['mirror']?.dependsOn?.flatMap((dependency) =>
        typeof dependency === 'string' ? [dependency] : (dependency.projects ?? []),
      ),
    );
    expect(before).toEqual([undefined, [], ['mirror-seq1'], [], ['mirror-seq3']]);
  });

  it('infers no `latest` for a mirror without sequences', () => {
    const { targets = {}, metadata } = projectsFor([settings])['mirror'] ?? {};
    const names = ['list', 'info', 'doctor', 'status', 'bundle', 'renumber', 'unlock', 'explain'];
    expect(Object.keys(targets)).toEqual(names);
    expect(metadata?.targetGroups).toEqual({ Chain: names });
  });

  it('groups only targets that exist, since Nx 22 fails otherwise', () => {
    const { targets = {}, metadata } =
      projectsFor([settings, ...planned('seq1-a'), ...planned('seq1-b'), ...planned('seq')])['mirror'] ?? {};
    expect(Object.values(metadata?.targetGroups ?? {}).flat()).toEqual(Object.keys(targets));
  });

  it('explains each target', () => {
    const projects = projectsFor([settings, ...planned('seq1-a'), ...planned('seq1-b'), ...planned('seq')]);
    for (const { targets = {} } of Object.values(projects)) {
      for (const [name, { metadata }] of Object.entries(targets)) {
        expect([name, metadata]).toEqual([
          name,
          {
            description: expect.any(String),
            technologies: ['oc-mirror'],
            help: { command: expect.stringContaining(`:${name} --help`), example: expect.anything() },
          },
        ]);
      }
    }
  });

  it('validates and reissues sealed sequences without caching: disks rot, and another run may find other copies', () => {
    const files = [settings, ...sealed('seq1-baseline'), ...planned('seq2-add-logging')];
    const { validate, reissue } = targetsOf('mirror/content/seq1-baseline', files);
    const options = { sequence: 'mirror/content/seq1-baseline' };
    expect(validate).toMatchObject({ executor: 'seqmirror:validate', cache: false, options });
    expect(reissue).toMatchObject({ executor: 'seqmirror:reissue', cache: false, options, parallelism: false });
    expect(targetsOf('mirror', files)['validate']).toMatchObject({ executor: 'seqmirror:validate', cache: false });
    expect(Object.keys(targetsOf('mirror/content/seq2-add-logging', files))).toEqual(['mirror', 'plan']);
  });

  it('continues over a gap in the numbers', () => {
    const files = [settings, ...planned('seq1-baseline'), ...planned('seq3-add-ubi9')];
    expect(targetsOf('mirror/content/seq3-add-ubi9', files)['mirror']?.dependsOn).toEqual([
      { projects: ['mirror-seq1'], target: 'mirror', params: 'forward' },
    ]);
  });

  it('gives a folder that claims a taken number a target that the executor refuses', () => {
    const files = [
      settings,
      ...planned('seq1-baseline'),
      ...sealed('seq2-add-ubi9'),
      ...planned('seq2-add-tempo'),
      ...planned('seq3-next'),
    ];
    const targets = targetsOf('mirror', files);
    expect(targets['seq2']?.dependsOn).toMatchObject([{ projects: ['mirror-seq2'], target: 'mirror' }]);
    expect(targets['seq2-add-tempo']?.dependsOn).toMatchObject([
      { projects: ['mirror-seq2-add-tempo'], target: 'mirror' },
    ]);
    const projects = projectsFor(files);
    expect(projects['mirror/content/seq2-add-ubi9']).toMatchObject({ name: 'mirror-seq2' });
    expect(projects['mirror/content/seq2-add-tempo']).toMatchObject({
      name: 'mirror-seq2-add-tempo',
      targets: {
        mirror: {
          executor: 'seqmirror:mirror',
          options: { sequence: 'mirror/content/seq2-add-tempo' },
          cache: false,
        },
      },
    });
    expect(projects['mirror/content/seq2-add-tempo']?.targets?.['mirror']?.dependsOn).toBeUndefined();
    expect(projects['mirror/content/seq3-next']?.targets?.['mirror']?.dependsOn).toMatchObject([
      { projects: ['mirror-seq2'] },
    ]);
  });

  it('gives a misnamed folder a target that explains, and no project', () => {
    const files = [settings, ...planned('seq5-tempo'), ...planned('seq5'), ...planned('seq 6-x')];
    expect(Object.keys(projectsFor(files))).toEqual(['mirror', 'mirror/content/seq5-tempo']);
    const targets = targetsOf('mirror', files);
    expect(targets['seq5']?.dependsOn).toMatchObject([{ projects: ['mirror-seq5'], target: 'mirror' }]);
    expect(targets['seq5-misnamed']?.options).toEqual({ sequence: 'mirror/content/seq5' });
    expect(targets['seq-6-x']?.options).toEqual({ sequence: 'mirror/content/seq 6-x' });
  });

  it('prefixes the names that other plugins use too', () => {
    const files = [settings, ...planned('seq1-baseline')];
    const options = { targetPrefix: 'chain-' };
    expect(Object.keys(targetsOf('mirror', files, options))).toEqual([
      'seq1',
      'chain-latest',
      'chain-plan',
      'chain-list',
      'chain-diff',
      'chain-info',
      'chain-doctor',
      'chain-status',
      'chain-metrics',
      'chain-report',
      'chain-export',
      'chain-validate',
      'chain-upload',
      'chain-reissue',
      'chain-custody',
      'chain-prune',
      'chain-restore',
      'chain-bundle',
      'chain-renumber',
      'chain-sign',
      'chain-countersign',
      'chain-unlock',
      'chain-explain',
    ]);
    expect(Object.keys(targetsOf('mirror/content/seq1-baseline', files, options))).toEqual([
      'chain-mirror',
      'chain-plan',
    ]);
    const sealedFiles = [settings, ...sealed('seq1-baseline')];
    expect(Object.keys(targetsOf('mirror/content/seq1-baseline', sealedFiles, options))).toEqual([
      'chain-mirror',
      'chain-diff',
      'chain-validate',
      'chain-upload',
      'chain-reissue',
      'chain-restore',
      'chain-bundle',
      'chain-void',
    ]);
  });

  it.each([
    { name: 'from its settings', text: 'schema: seqmirror/v1\nname: platform # ours\n', expected: 'platform' },
    { name: 'from its settings, in quotes', text: '"name": "platform"\n', expected: 'platform' },
    { name: 'from settings that are otherwise not YAML', text: 'name: platform\n\t{oops: [', expected: 'platform' },
    { name: 'from its folder, if the settings have none', text: '# name: platform\n', expected: 'mirror' },
    { name: 'from its folder, if the given name cannot be used', text: 'name: "a:b c"\n', expected: 'mirror' },
    { name: 'from its folder, if the settings are not YAML', text: '\u0000{{{', expected: 'mirror' },
  ])("takes a mirror's name $name", ({ text, expected }) => {
    const projects = projectsFor([settings, ...planned('seq1-a')], { texts: { [settings]: text } });
    expect(Object.values(projects).map(({ name }) => name)).toEqual([expected, `${expected}-seq1`]);
  });

  it('gives no name twice, since Nx would fail every command', () => {
    const mirrors = ['a/mirror', 'b/mirror', 'b-mirror', 'c/mirror-seq1', 'd'];
    const files = mirrors.flatMap((root) => [`${root}/seqmirror.yaml`, `${root}/content/seq1-x/imageset-config.yaml`]);
    const names = Object.values(projectsFor(files, { texts: { 'd/seqmirror.yaml': 'name: mirror\n' } })).map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('mirror');
  });

  it('refuses an unknown option', () => {
    expect(() => nodesFor([settings], new Map(), { targetprefix: 'x' } as SeqmirrorPluginOptions)).toThrow('SEQ0166');
    expect(() => nodesFor([settings], new Map(), { targetPrefix: 'a:b' })).toThrow('SEQ0167');
  });
});

describe('createNodes', () => {
  let workspaceRoot: string;
  beforeEach(async () => (workspaceRoot = await mkdtemp(join(tmpdir(), 'seqmirror-graph-'))));
  afterEach(() => rm(workspaceRoot, { recursive: true }));

  it('reads names from the settings files, and ignores those that cannot be read', async () => {
    await writeFile(join(workspaceRoot, 'seqmirror.yaml'), 'name: platform\n');
    const nodes = await createNodes[1](['seqmirror.yaml', 'gone/seqmirror.yaml'], undefined, {
      workspaceRoot,
      nxJsonConfiguration: {},
    });
    const names = nodes.flatMap(([, { projects = {} }]) => Object.values(projects).map(({ name }) => name));
    expect(names.toSorted()).toEqual(['gone', 'platform']);
  });
});

describe('runsBatches', () => {
  it.each([
    { version: '22.0.0', expected: false },
    { version: '22.5.4', expected: false },
    { version: '22.6.0', expected: true },
    { version: '23.2.1', expected: true },
    { version: '24.0.0-beta.3', expected: true },
  ])('is $expected for Nx $version', async ({ version, expected }) => {
    const root = await mkdtemp(join(tmpdir(), 'seqmirror-graph-'));
    await mkdir(join(root, 'node_modules/nx'), { recursive: true });
    await writeFile(join(root, 'node_modules/nx/package.json'), JSON.stringify({ version }));
    expect(runsBatches(root)).toBe(expected);
    await rm(root, { recursive: true });
  });
});
