/** Keep the ledger of a site true. */
import type { Command } from './command';

export const siteCommands = {
  acknowledge: {
    title: "Record a site's receipt",
    description:
      "Reads the receipt of a site, and writes into the site's ledger which sequence the site has. With a signed receipt, the sequence is proven. With an unsigned receipt or a receipt code, the sequence is attested. For a site behind a diode, use --assume: seqmirror then assumes that the site has a sequence that you have sent `assume_after` times. The next bundle leaves out the blobs that the site has.",
    targets: [
      {
        scope: 'site',
        description: 'Record the receipt of {site}, or its receipt code, or that a bundle arrived behind a diode',
        example: { options: { receipt: 'bravo-seq2.receipt' } },
      },
    ],
  },
  rollback: {
    title: 'Go back to an earlier sequence',
    description:
      'Records that a site has lost sequences that it had acknowledged, because its registry was wiped or restored from an older backup. The command corrects the ledger of the site, so that the next bundle contains the lost blobs. With --tags, the command moves the tags in the registry back to the images of an earlier sequence, and writes the cluster resources of this sequence. Without --tags, the command changes nothing at the site.',
    targets: [
      {
        scope: 'site',
        description:
          'Record that the registry of {site} was wiped or restored from an older backup, or move its tags back with --tags',
        example: { options: { to: 'seq1' } },
      },
    ],
  },
  drift: {
    title: 'Compare a registry with the ledger',
    description:
      'Asks the registry of a site for every tag, manifest and layer that the site has acknowledged, and lists missing and different content. With --output, the command writes the missing digests into a file for `bundle --need`. The command changes nothing in the registry, and fails if content is missing.',
    targets: [
      {
        scope: 'site',
        description: 'Check that the registry of {site} has everything that {site} has acknowledged',
        example: { options: { output: 'need.txt' } },
      },
    ],
  },
  cleanup: {
    title: 'Delete old images from a registry',
    description:
      'Deletes images from the registry of a site that no kept sequence needs. Only images that the site has acknowledged can be deleted, never images of others. Prints a plan first, and carries it out with --apply. The ledger then forgets the sequences. The registry frees the disk space at its next garbage collection.',
    targets: [
      {
        scope: 'site',
        description: 'Delete images from the registry of {site} that no kept sequence needs; prints a plan first',
        example: { options: { keep: 3 } },
      },
    ],
    stays: 'What is deleted stays deleted, and a new plan contains the rest',
  },
  apply: {
    title: 'Plan what to apply to clusters',
    description:
      'Prints in which order to apply the cluster resources of a sequence to the clusters of a site, and what changes: signatures of releases, ImageDigestMirrorSets and ImageTagMirrorSets (nodes may reboot), CatalogSources, ClusterCatalogs and the UpdateService. With --output, writes the files. With --run, applies the resources with `oc` or `kubectl`, and stops at the first failure. Connects to no registry.',
    targets: [
      {
        scope: 'site',
        description: 'Print and run the plan for the clusters of {site}: what to apply, in which order, what changes',
        example: { options: { output: 'resources' } },
      },
    ],
    stays: 'The cluster keeps the steps that were applied, and applying them again changes nothing',
  },
} as const satisfies Readonly<Record<string, Command>>;
