const engine = (embedded: string): string =>
  `# What mirrors: oc-mirror, embedded (this plugin itself${embedded}), or auto: oc-mirror where it is installed.`;
const presentEngine =
  '# The engine: oc-mirror, embedded (part of this plugin), or auto: oc-mirror if it is installed, else embedded.';
const presentDataDir =
  '# The folder for archives, downloads and caches: an absolute path outside every Git work tree. Default: $XDG_DATA_HOME/seqmirror/<id>';
const presentSigning =
  '# How to sign chain.lock and bundles: with ssh-keygen, or with the commands in sign and verify.';
const presentSigners =
  '# The file allowed_signers beside this file lists the accepted signers (man ssh-keygen, ALLOWED SIGNERS).';

/** Comments that the generator `mirror` wrote before, by line, each with the lines that stand there now. */
export const formerComments: ReadonlyMap<string, readonly string[]> = new Map([
  [engine(': additional images only'), [presentEngine]],
  [engine(': operators and additional images'), [presentEngine]],
  [engine(''), [presentEngine]],
  [
    '# Where archives, stage and cache live, outside the work tree. Default: $XDG_DATA_HOME/seqmirror/<id>',
    [presentDataDir],
  ],
  [
    '# Where archives, stage and cache live, an absolute path outside every work tree. Default: $XDG_DATA_HOME/seqmirror/<id>',
    [presentDataDir],
  ],
  [
    '# How bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.',
    [presentSigning, presentSigners],
  ],
  [
    '# How chain.lock and bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.',
    [presentSigning],
  ],
  [
    '# Whose signatures count is in allowed_signers beside this file (man ssh-keygen, ALLOWED SIGNERS).',
    [presentSigners],
  ],
  [
    '# Names the data directory of this mirror. The same in every clone; a new one would start an empty store.',
    ['# The id names the data directory of this mirror. Do not change the id: a new id would start an empty store.'],
  ],
  [
    '#   imageTimeout: 7200 # seconds that one image may take, all its retries included',
    ['#   imageTimeout: 7200 # the most seconds for one image, including all retries'],
  ],
  [
    '#   slim: true # take out of its archives what disk-to-mirror does not read',
    ['#   slim: true # delete from archives what disk-to-mirror does not read'],
  ],
  [
    '#   attachments: all # what cosign attaches to images; or signatures, or none',
    ['#   attachments: all # attachments of cosign to mirror: all, signatures or none'],
  ],
  [
    '#   ifRefused: fail # or skip, where a registry refuses to tell what is attached',
    ['#   ifRefused: fail # if a registry refuses to list attachments: fail, or skip them'],
  ],
  [
    '#   resolveDependencies: false # true: operators that selected ones need are mirrored too',
    ['#   resolveDependencies: false # true: also mirror operators that the selected operators need'],
  ],
  [
    '# Whether planned sequences may be mirrored where CI=true: by nx affected too.',
    ['# Whether seqmirror may mirror planned sequences in CI: allow or refuse.'],
  ],
]);
