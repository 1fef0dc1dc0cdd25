/** The command line of seqmirror-upload.js. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Digest } from '../oci/digest';
import { nestedPaths, parseDestination } from '../registry/destination';
import { renderExitCodes } from '../report/text/exit-codes';
import type { Seal } from '../sequence/seal';
import type { ExplainedCode } from '../system/explain-code';
import { explainedCode } from '../system/explain-code';
import type { BundleUploadOptions } from '../upload/upload-bundle';
import { misused } from './errors';
import { exitCodes } from './exit-codes';

export interface CommandLine extends Omit<BundleUploadOptions, 'progress' | 'signal' | 'now' | 'env'> {
  readonly kind: 'upload';
  readonly json: boolean;
}

export type UploaderCommand =
  | CommandLine
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'explain'; readonly explained: ExplainedCode };

const defaults = { parallel: 8, retries: 5 };

export function helpText(version: string): string {
  return `seqmirror-upload.js ${version}: uploads a bundle to a registry.
It needs Node 20.3 or later. It connects only to this registry, and needs no temporary disk space.
./seq-upload.sh starts this program if oc-mirror is not installed. The script also checks the
checksums, the signatures and the order of bundles.

Usage: node seqmirror-upload.js --registry=<host[:port][/namespace]> --output=<folder> [options]

  --registry=<host>    the registry: host[:port][/namespace]
  --max-nested-paths=<number>  shorten repository paths to at most this number of parts, 2 to 20,
                       like the option of oc-mirror; default: any number
  --output=<folder>    for the folder working-dir/cluster-resources/ and the file verified, which
                       lists the images that the registry has; a receipt is made from this list
  --bundle=<folder>    the folder of bundle.env; default: the folder of this program
  --expect-seal=<seal> refuse a bundle whose newest sequence has another seal
  --expect-sums=<sum>  refuse a bundle whose SHA256SUMS has another hash (sha256:…), or whose
                       records do not match SHA256SUMS; each blob is hashed during the upload
  --dry-run            show what would be uploaded, and write nothing
  --thorough           ask the registry for every layer, also of images that it has, and upload the
                       layers that it has lost
  --allow-older        also move tags that point to images of no sequence of the bundle. Without
                       this option, the program stops, because a later sequence may have set
                       these tags (also: --roll-back)
  --authfile=<file>    credentials (podman login --authfile); default: REGISTRY_AUTH_FILE, else the
                       files of podman and docker
  --ca-file=<file>     a PEM file of CAs to trust for this registry, besides the CAs of the system,
                       SSL_CERT_FILE and NODE_EXTRA_CA_CERTS
  --insecure           accept plain HTTP, and TLS certificates that are not trusted
  --parallel=<number>  blobs to upload at the same time, 1 to 8; default: ${defaults.parallel}; for a disc drive use 1
  --retries=<number>   retries of a failed request, 0 to 20; default: ${defaults.retries}
  --json               print one JSON document on stdout instead of text
  --explain=<code>     explain an error code: --explain=SEQ0641
  --version, --help    show the version; show this page

You can stop the program at any time and start it again. It does not upload again what the registry
has. It sets a tag after it has uploaded the whole image. Progress goes to stderr, and the result
to stdout.

Exit codes:
${renderExitCodes(exitCodes)}
`;
}

/**
 * @param here the folder that the program is in
 * @throws SEQ0649 for unknown options or wrong values, SEQ0524 for something that is not a registry
 */
export function parseCommandLine(
  args: readonly string[],
  { here, cwd }: { here: string; cwd: string },
): UploaderCommand {
  const values = parsed(args);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  if (values.explain !== undefined) return { kind: 'explain', explained: codeOf(values.explain) };
  if (values.registry === undefined) throw misused('--registry is missing: name the registry to upload to');
  const dryRun = values['dry-run'] === true;
  if (values.output === undefined && !dryRun)
    throw misused('--output is missing: name a folder for the cluster resources');
  const { host } = parseDestination(values.registry);
  const path = (value: string): string => resolve(cwd, value);
  const { authfile, 'ca-file': caFile } = values;
  return {
    kind: 'upload',
    bundle: values.bundle === undefined ? here : path(values.bundle),
    registry: values.registry,
    checked: {
      seal: digestOf('--expect-seal', values['expect-seal']) as Seal | undefined,
      sums: digestOf('--expect-sums', values['expect-sums']),
    },
    output: path(values.output ?? '.'),
    registries: {
      authFile: authfile === undefined ? undefined : path(authfile),
      hosts: {
        [host]: {
          ...(values.insecure === true ? { insecure: true } : {}),
          caFile: caFile === undefined ? undefined : path(caFile),
        },
      },
    },
    maxNestedPaths:
      values['max-nested-paths'] === undefined
        ? undefined
        : numberOf('--max-nested-paths', values['max-nested-paths'], { ...nestedPaths, otherwise: nestedPaths.from }),
    parallel: numberOf('--parallel', values.parallel, { from: 1, to: 8, otherwise: defaults.parallel }),
    retries: numberOf('--retries', values.retries, { from: 0, to: 20, otherwise: defaults.retries }),
    rollBack: values['allow-older'] === true || values['roll-back'] === true,
    thorough: values.thorough === true,
    dryRun,
    json: values.json === true,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        registry: { type: 'string' },
        bundle: { type: 'string' },
        'max-nested-paths': { type: 'string' },
        output: { type: 'string' },
        'expect-seal': { type: 'string' },
        'expect-sums': { type: 'string' },
        authfile: { type: 'string' },
        'ca-file': { type: 'string' },
        insecure: { type: 'boolean' },
        parallel: { type: 'string' },
        retries: { type: 'string' },
        'allow-older': { type: 'boolean' },
        'roll-back': { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        thorough: { type: 'boolean' },
        json: { type: 'boolean' },
        explain: { type: 'string' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // Node's own words: "Unknown option '--x'. To specify a positional argument …".
    throw misused(error instanceof Error ? (error.message.split(/[.\n]\s/)[0] ?? '') : String(error));
  }
}

function codeOf(text: string): ExplainedCode {
  const explained = explainedCode(text);
  if (explained === undefined) throw misused(`--explain=${text} is not an error code`);
  return explained;
}

function digestOf(name: string, text: string | undefined): Digest | undefined {
  if (text === undefined) return undefined;
  const { data } = Digest.safeParse(text);
  if (data === undefined) throw misused(`${name}=${text} is not sha256: and 64 hexadecimal digits`);
  return data;
}

function numberOf(
  name: string,
  text: string | undefined,
  { from, to, otherwise }: { from: number; to: number; otherwise: number },
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw misused(`${name}=${text} is not a number from ${from} to ${to}`);
}
