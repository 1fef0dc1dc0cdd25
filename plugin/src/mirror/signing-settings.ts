import { z } from 'zod';

/** A number of days: `90d`. */
export const daysPattern = /^[1-9]\d{0,3}d$/;

const command = z.array(z.string().max(4096)).min(1).max(64);

/**
 * How chain.lock, bundles and receipts are signed and verified. `ssh` is built in (`ssh-keygen -Y`); every other
 * program is configured by its command lines, one list item per argument, and started without a shell. Placeholders for
 * paths: {file}, {signature}, {key}, {signers}.
 *
 *   sign: [minisign, -S, -s, '{key}', -m, '{file}', -x, '{signature}']
 *   verify: [minisign, -V, -p, '{signers}', -m, '{file}', -x, '{signature}']
 *
 *   sign: [gpg, --batch, --yes, --local-user, '{key}', --detach-sign, --output, '{signature}', '{file}']
 *   verify: [gpgv, --keyring, '{signers}', '{signature}', '{file}']
 *
 *   sign: [cosign, sign-blob, --yes, --tlog-upload=false, --key, '{key}', --output-signature, '{signature}', '{file}']
 *   verify: [cosign, verify-blob, --insecure-ignore-tlog, --key, '{signers}', --signature, '{signature}', '{file}']
 */
export const SigningSettings = z
  .strictObject({
    with: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be ssh, or a name for the program of sign and verify')
      .describe(
        'The program that signs: ssh for ssh-keygen -Y, or a name for your program in sign and verify, for example minisign, gpg or cosign',
      ),
    key: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('The signing key. For ssh: a file, relative to the folder of seqmirror.yaml'),
    signers: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe(
        'The signers whose signatures on chain.lock and bundles are accepted. For ssh: the path of an allowed-signers file, relative to the folder of seqmirror.yaml. `man ssh-keygen` describes the format in the section ALLOWED SIGNERS. Default: allowed_signers',
      ),
    revokedSigners: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe(
        'A file of public keys whose signatures are refused, one key per line, or a KRL of ssh-keygen; default: revoked_signers, if this file exists',
      ),
    threshold: z
      .int()
      .min(1)
      .max(2)
      .optional()
      .describe('How many people must sign chain.lock and bundles, each with their own key; default: 1'),
    expires: z
      .string()
      .regex(daysPattern, 'must be a number of days such as 90d')
      .optional()
      .describe('The number of days after which a bundle expires, for example 90d; default: bundles do not expire'),
    sign: command
      .optional()
      .describe(
        'The command that seqmirror runs to sign a file. {file} is the file, and the command must write {signature}. With `ssh`, leave out this key',
      ),
    verify: command
      .optional()
      .describe(
        'The command that seqmirror runs to verify a signature, with {file}, {signature} and {signers}. With `ssh`, leave out this key',
      ),
  })
  .refine(({ with: program, sign, verify }) => program === 'ssh' || (sign !== undefined && verify !== undefined), {
    path: ['with'],
    error: 'only ssh is built in; every other program needs sign and verify, its command lines',
  })
  .refine(({ with: program, sign, verify }) => program !== 'ssh' || (sign === undefined && verify === undefined), {
    path: ['with'],
    error: 'ssh needs no command lines',
  })
  .refine(
    ({ with: program, threshold = 1, revokedSigners }) =>
      program === 'ssh' || (threshold === 1 && revokedSigners === undefined),
    {
      path: ['with'],
      error: 'threshold and revokedSigners are for ssh, which says whose key a signature is by',
    },
  );
export type SigningSettings = z.infer<typeof SigningSettings>;
