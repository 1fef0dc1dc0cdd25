/** Prove, upload, carry, keep and retire archives. */
import type { Command } from './command';

export const archiveCommands = {
  validate: {
    title: 'Validate a chain, a sequence or a folder',
    description:
      'Checks that a chain, a sequence, or the content of any folder is complete and as it was sealed. The command prints each file, blob and image with an error, and the command that repairs the error. If one run of Nx validates a chain and its sequences, seqmirror reads each archive only once.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Check that every sequence of the chain is complete and as it was sealed',
        example: { options: { depth: 'full' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Check that {sequence} is complete and as it was sealed',
        example: { options: { depth: 'full' } },
      },
    ],
    together: true,
  },
  upload: {
    title: 'Upload a sequence',
    description:
      'Uploads a sealed sequence from its archives into a registry that this machine can reach. The command uploads only blobs and manifests that the registry lacks, and sets tags last. The command also writes the cluster resources of the sequence.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Upload the newest sealed sequence into a registry that this machine can reach',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Upload {sequence} into a registry that this machine can reach',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      {
        scope: 'delivery',
        description: 'Upload {sequence} into the registry of {site}, if this machine can reach it',
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
    ],
    stays: 'The registry keeps what was uploaded',
  },
  reissue: {
    title: 'Reissue a sequence',
    description:
      'Makes lost or damaged archives of a sealed sequence again, with the same blobs. The command finds the blobs by their digest in other copies, other archives of the chain, caches, or the source registry. The seal does not change.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Make lost or damaged archives of the newest sealed sequence, or of another sequence, again',
        example: { options: { sequence: 'seq1', dryRun: true } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Make lost or damaged archives of {sequence} again',
        example: { options: { dryRun: true } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has made again',
  },
  custody: {
    title: 'Copy archives to other places, and verify the copies',
    description:
      'Lists who has the archives of each sequence. With --copy, copies archives to a folder on another disk, or to S3-compatible storage, and reads every copy back. With --verify, reads every byte of the copies again, and records the day in custody.yaml.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'List the copies of all archives; with --copy, make copies; with --verify, verify the copies',
        example: { options: { copy: '/media/archive' } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the copies that are complete, and the parts that have arrived in object storage',
  },
  prune: {
    title: 'Delete or move old archives',
    description:
      'Deletes archives that no site and no kept sequence needs, or moves them to another folder or to S3-compatible storage. The command keeps all records, the newest sequences, and all archives that a site lacks or has not acknowledged. Without --apply, the command prints a plan and changes nothing. With --apply and the id of a plan, the command carries out this plan.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show which old archives you can delete or move; with --apply, delete or move them',
        example: { options: { to: '/media/archive' } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has not deleted or moved yet',
  },
  restore: {
    title: 'Restore archives from a copy',
    description:
      'Copies the archives of a sequence back into the store, from the place to which prune moved them, or from another copy. The command copies only archives with the recorded sha256. The seal does not change.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description:
          'Copy the archives of a sequence back from the place to which prune moved them, or from another copy',
        example: { options: { sequence: 'seq1', from: '/media/archive' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description:
          'Copy the archives of {sequence} back from the place to which prune moved them, or from another copy',
        example: { options: { from: '/media/archive' } },
      },
    ],
    runsAlone: true,
    stays: 'seqmirror keeps the archives that it has copied',
  },
  bundle: {
    title: 'Write a bundle for sites',
    description:
      'Writes a bundle for disconnected sites into a folder, or onto discs or USB sticks. A bundle contains archives, checksums, the records of the chain and the upload script. With --site, the bundle contains the blobs that the sites lack. Without --site, the bundle contains all blobs of the sequence.',
    targets: [
      {
        scope: 'mirror',
        description: 'Write a bundle that brings the newest sealed sequence to a site',
        example: { options: { site: 'bravo', output: '/media/disk' } },
      },
      {
        scope: 'sequence',
        needs: 'a seal',
        description: 'Write a bundle that brings {sequence} to a site',
        example: { options: { output: '/media/disk', media: 'bd25' } },
      },
      {
        scope: 'delivery',
        takesSites: true,
        description: 'Write a bundle with the blobs of {sequence} that {site} does not have',
        example: { options: { output: '/media/disk' } },
      },
    ],
    stays: 'seqmirror keeps the files that are complete',
  },
} as const satisfies Readonly<Record<string, Command>>;
