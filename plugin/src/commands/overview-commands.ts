/** See what a mirror and its sites have, and give it to other programs. They change nothing in the chain. */
import type { Command } from './command';

export const overviewCommands = {
  list: {
    title: 'List the sequences',
    description:
      'Lists the sequences of a mirror. For each sequence, the command shows the state, the type, the sizes, the sequences that it needs, and the place of its archives.',
    targets: [
      {
        scope: 'mirror',
        description: 'List the sequences: state, sizes, needed sequences, place of the archives',
        example: { options: { json: true } },
      },
    ],
  },
  diff: {
    title: 'Show what changed between sequences',
    description:
      'Compares two sealed sequences, or a sequence with the sequence that a site has. The command shows what differs: releases, operators and the heads of their channels, images, the imageset configuration, and cluster resources. It also counts how many bytes are new, shared or dropped. The command reads only records, connects to no registry, and writes nothing.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show what changed between two sequences; default: in the last sequence',
        example: { options: { from: 'seq1', to: 'seq3' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Show what {sequence} changed',
        example: { options: { format: 'markdown' } },
      },
      {
        scope: 'delivery',
        description: 'Show what the last sequence changes for {site}',
        example: { options: { json: true } },
      },
    ],
  },
  info: {
    title: 'Show the settings of a mirror',
    description:
      'Shows the settings of a mirror, and the source of each setting: a line of seqmirror.yaml, an environment variable, or a default. The command also shows the engine and the reason for its choice, the data directory, the files that configure registries, and versions. The command shows no secret and connects to no registry.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show the settings and their sources, the engine, the data directory, and versions',
        example: { options: { json: true } },
      },
    ],
  },
  doctor: {
    title: 'Find problems before a run',
    description:
      'Checks everything that a run needs: the version of Nx, the engine, free disk space, locks, unfinished work of stopped runs, the records and the signature of the chain, the clock, the sites, and the registries of the imageset configuration with their credentials. The command prints each problem and what to do. The command changes nothing, and prints no credentials.',
    targets: [
      {
        scope: 'mirror',
        description: 'Find problems before a run: engine, disk space, locks, records, clock, sites, registries',
        example: { options: { offline: true } },
      },
    ],
  },
  status: {
    title: 'Show what sites have',
    description:
      'Compares each site with the chain. The command shows the sequence that the site has acknowledged, the sequences and bytes that it lacks, the bundles that are on their way or overdue, and the next command.',
    targets: [
      {
        scope: 'mirror',
        description: 'Show what each site has, and which bundles are on their way or overdue',
        example: { options: { json: true } },
      },
      {
        scope: 'site',
        description: 'Show what {site} has, and which bundles are on their way or overdue',
        example: { options: { json: true } },
      },
    ],
  },
  metrics: {
    title: 'Write metrics for Prometheus',
    description:
      'Writes metrics in the text format of Prometheus, for the textfile collector of node_exporter: sizes, times, custody, and what each site lacks. The command reads only records.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Write metrics for Prometheus: sizes, times, custody, and what each site lacks',
        example: { options: { output: '/var/lib/node_exporter/seqmirror.prom' } },
      },
    ],
  },
  report: {
    title: 'Write a report',
    description:
      'Writes a report on the mirror: an HTML page, a page to sign for each transfer, Markdown and JSON. The command also writes a bill of materials (CycloneDX) and an in-toto statement for each sequence. The command reads only the records in the repository.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        isReport: true,
        description: 'Write a page about the mirror, and a page to sign for each transfer',
        example: { options: { all: true } },
      },
    ],
  },
  export: {
    title: 'Export cluster resources for GitOps',
    description:
      'Writes the cluster resources of all sites as folders for kustomize: a base with the resources that are the same for all sites, and an overlay for each site. Each resource is one file, with a sync wave for Argo CD. For each site, the command writes the resources of the last sequence that the site has acknowledged. The command connects to no registry.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Write the cluster resources of all sites as folders for kustomize and Argo CD',
        example: { options: { output: '/srv/gitops/mirror' } },
      },
    ],
  },
} as const satisfies Readonly<Record<string, Command>>;
