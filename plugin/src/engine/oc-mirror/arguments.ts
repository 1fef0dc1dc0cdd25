import type { Capabilities } from './version';

/** The same for one disk-to-mirror run, with its destination. */
export interface DiskToMirrorRun extends MirrorToDiskRun {
  /** `host[:port][/namespace]` */
  readonly destination: string;
  readonly maxNestedPaths?: number | undefined;
}

/** What the arguments of one mirror-to-disk run depend on. Paths are relative to the folder in which oc-mirror runs. */
export interface MirrorToDiskRun {
  readonly configFile: string;
  readonly cacheFolder: string;
  readonly port: number;
  readonly authFile?: string | undefined;
  readonly tlsVerified: boolean;
  readonly parallelImages: number;
  readonly parallelLayers: number;
  readonly retries: number;
  readonly imageTimeoutSeconds: number;
  readonly removeSignatures: boolean;
}

/**
 * The arguments of mirror-to-disk. The destination is `file://.`: oc-mirror refuses destinations that contain one of
 * its own words (`logs`, `helm`, `delete`, …) anywhere, as `/srv/catalogs` does; this relative path never does.
 */
export function mirrorToDiskArguments(run: MirrorToDiskRun, capabilities: Capabilities): string[] {
  return [...commonArguments(run, capabilities, run.tlsVerified ? [] : ['--src-tls-verify=false']), 'file://.'];
}

/** The arguments of disk-to-mirror, from the archives in the folder that it runs in. */
export function diskToMirrorArguments(run: DiskToMirrorRun, capabilities: Capabilities): string[] {
  return [
    ...commonArguments(run, capabilities, run.tlsVerified ? [] : ['--dest-tls-verify=false']),
    ...(run.maxNestedPaths === undefined ? [] : [`--max-nested-paths=${run.maxNestedPaths}`]),
    '--from=file://.',
    `docker://${run.destination}`,
  ];
}

function commonArguments(run: MirrorToDiskRun, capabilities: Capabilities, tls: readonly string[]): string[] {
  const within = (value: number): number => Math.max(1, Math.min(value, capabilities.parallelLimit ?? value));
  return [
    '--v2',
    `--config=${run.configFile}`,
    `--cache-dir=${run.cacheFolder}`,
    `--port=${run.port}`,
    ...(run.authFile === undefined ? [] : [`--authfile=${run.authFile}`]),
    ...tls,
    `--parallel-images=${within(run.parallelImages)}`,
    `--parallel-layers=${within(run.parallelLayers)}`,
    `--retry-times=${run.retries}`,
    `--image-timeout=${run.imageTimeoutSeconds}s`,
    // 4.18 always leaves them out, and does not know the flag.
    ...(run.removeSignatures && capabilities.removeSignatures ? ['--remove-signatures=true'] : []),
  ];
}

/**
 * The arguments of a dry run that lists every image with its place in the cache, and logs the phase in which each was
 * collected. A dry run deletes the archives in its destination (oc-mirror 4.19 to main), so there must be none.
 */
export function dryRunArguments(run: MirrorToDiskRun, capabilities: Capabilities): string[] {
  const [version, ...others] = mirrorToDiskArguments(run, capabilities);
  return [version as string, '--dry-run', '--log-level=debug', ...others];
}
