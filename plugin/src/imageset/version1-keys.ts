/** Keys of oc-mirror v1 (v1alpha1 and v1alpha2, pkg/api there) that v2 dropped, and what to do instead. */
const successors: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an imageset configuration': {
    storageConfig:
      'Remove this key: oc-mirror v2 keeps its state in the working-dir, and seqmirror in the records of each sequence',
    imageURL: 'Remove this key and storageConfig: oc-mirror v2 keeps no state in a registry',
    skipTLS: 'Remove this key, and set registries.hosts."<host>".insecure in seqmirror.yaml',
  },
  '`mirror`': {
    ocp: 'Write the channels under `platform.channels`, with minVersion and maxVersion',
  },
  'a catalog': {
    targetName: 'Write `targetCatalog` with the whole repository: `namespace/name`',
    originalRef: 'Remove this key: seqmirror records the reference in `catalog`',
    skipDeps: 'Remove this key: oc-mirror v2 never adds dependencies',
    headsOnly: 'Remove `headsOnly: true`, which is the default. Replace `headsOnly: false` with `full: true`',
  },
  'a release channel': {
    versions: 'Write `minVersion` and `maxVersion`',
  },
  '`helm`': {
    repos: 'Write `repositories`',
  },
  'a package': {
    minBundle: 'Write `minVersion` with the version of that bundle',
    startingVersion: 'Write `minVersion`',
  },
  'a channel of a package': {
    minBundle: 'Write `minVersion` with the version of that bundle',
    startingVersion: 'Write `minVersion`',
  },
};

/** What to do instead of a key of v1; `undefined` if v1 did not have it there. */
export function successorOf(key: string, noun: string): string | undefined {
  const keys = successors[noun];
  return keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
}
