import { relative } from 'node:path/posix';

/** seqmirror.yaml of a new mirror: the required settings, and the optional ones as comments, each with its default. */
export function settingsText({ root, name, id }: { root: string; name: string; id: string }): string {
  return `${schemaLine(root)}
schema: seqmirror/v1

# The Nx project: nx run ${name}:list
name: ${name}

# The id names the data directory of this mirror. Do not change the id: a new id would start an empty store.
id: ${id}

# The engine: oc-mirror, embedded (part of this plugin), or auto: oc-mirror if it is installed, else embedded.
# engine: auto

# The folder for archives, downloads and caches: an absolute path outside every Git work tree. Default: $XDG_DATA_HOME/seqmirror/<id>
# dataDir: /srv/mirror-data

# ocMirror:
#   binary: /usr/local/bin/oc-mirror
#   imageTimeout: 7200 # the most seconds for one image, including all retries
#   slim: true # delete from archives what disk-to-mirror does not read

# embedded:
#   attachments: all # attachments of cosign to mirror: all, signatures or none
#   ifRefused: fail # if a registry refuses to list attachments: fail, or skip them
#   resolveDependencies: false # true: also mirror operators that the selected operators need

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
#       rate: 2000000 # the most bytes per second, for a line that others use too
#       rateHours: 08:00-18:00

# S3-compatible storage for copies of archives, for \`custody --copy=s3://bucket/prefix\`. Credentials are never in this file.
# storage:
#   buckets:
#     mirror-archive:
#       endpoint: https://s3.example:9000
#       region: us-east-1

# Whether seqmirror may mirror planned sequences in CI: allow or refuse.
# ci: refuse

# How many of the newest sealed sequences are Nx projects: a number, or all. All older sequences share one project, ${name}-older.
# graph:
#   show: 24

# How to sign chain.lock and bundles: with ssh-keygen, or with the commands in sign and verify.
# The file allowed_signers beside this file lists the accepted signers (man ssh-keygen, ALLOWED SIGNERS).
# signing:
#   with: ssh
#   key: /run/secrets/seqmirror-key
# requireSignatures: false
`;
}

/** The first line of a seqmirror.yaml in `root`: the schema, for editors. */
export function schemaLine(root: string): string {
  return `# yaml-language-server: $schema=${relative(root, '.') || '.'}/node_modules/seqmirror/schemas/seqmirror.schema.json`;
}
