import { relative } from 'node:path/posix';

/** seqmirror.yaml of a new mirror: the required settings, and the optional ones as comments, each with its default. */
export function settingsText({ root, name, id }: { root: string; name: string; id: string }): string {
  const schema = `${relative(root, '.') || '.'}/node_modules/seqmirror/schemas/seqmirror.schema.json`;
  return `# yaml-language-server: $schema=${schema}
schema: seqmirror/v1

# The Nx project: nx run ${name}:list
name: ${name}

# Names the data directory of this mirror. The same in every clone; a new one would start an empty store.
id: ${id}

# What mirrors: oc-mirror, embedded (this plugin itself), or auto: oc-mirror where it is installed.
# engine: auto

# Where archives, stage and cache live, an absolute path outside every work tree. Default: $XDG_DATA_HOME/seqmirror/<id>
# dataDir: /srv/mirror-data

# ocMirror:
#   binary: /usr/local/bin/oc-mirror
#   imageTimeout: 7200 # seconds that one image may take, all its retries included
#   slim: true # take out of its archives what disk-to-mirror does not read

# embedded:
#   attachments: all # what cosign attaches to images; or signatures, or none
#   ifRefused: fail # or skip, where a registry refuses to tell what is attached
#   resolveDependencies: false # true: operators that selected ones need are mirrored too

# helm:
#   binary: /usr/local/bin/helm # renders charts for the embedded engine

# parallelImages: 4
# parallelLayers: 5
# retries: 5

# registries:
#   authFile: /run/secrets/auth.json
#   registriesConf: /etc/containers/registries.conf
#   hosts:
#     registry.example:5000:
#       caFile: certificates/registry-example.pem
#       parallel: 2

# Whether planned sequences may be mirrored where CI=true: by nx affected too.
# ci: refuse

# How many of the newest sealed sequences are Nx projects: a number, or all. The older ones share one project, ${name}-older.
# graph:
#   show: 24

# How chain.lock and bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.
# Whose signatures count is in allowed_signers beside this file (man ssh-keygen, ALLOWED SIGNERS).
# signing:
#   with: ssh
#   key: /run/secrets/seqmirror-key
# requireSignatures: false
`;
}
