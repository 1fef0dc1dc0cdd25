/** What `init` and the generator `mirror` wrote before 0.1.0 (commits 1791269 and 1919002). */

export const earlierGitattributes = `# seqmirror: records keep their line ends everywhere, and two seals of one number meet as a conflict
**/content/chain.lock text eol=lf merge
**/content/seq*/*.yaml text eol=lf
**/content/seq*/seq-inventory.jsonl text eol=lf
**/content/seq*/SHA256SUMS text eol=lf
`;

export const earlierSettings = `# yaml-language-server: $schema=../node_modules/seqmirror/schemas/seqmirror.schema.json
schema: seqmirror/v1

# The Nx project: nx run mirror:list
name: mirror

# Names the data directory of this mirror. The same in every clone; a new one would start an empty store.
id: mirror-0a1b2c3d

# What mirrors: oc-mirror, embedded (this plugin itself: additional images only), or auto: oc-mirror where it is installed.
# engine: auto

# Where archives, stage and cache live, outside the work tree. Default: $XDG_DATA_HOME/seqmirror/<id>
# dataDir: /srv/mirror-data

# ocMirror:
#   binary: /usr/local/bin/oc-mirror
#   imageTimeout: 7200 # seconds that one image may take, all its retries included

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

# How bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.
# signing:
#   with: ssh
#   key: /run/secrets/seqmirror-key
# requireSignatures: false
`;
