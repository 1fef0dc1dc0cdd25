const engine = (embedded: string): string =>
  `# What mirrors: oc-mirror, embedded (this plugin itself${embedded}), or auto: oc-mirror where it is installed.`;

/** Comments that the generator `mirror` wrote before, by line, each with the lines that stand there now. */
export const formerComments: ReadonlyMap<string, readonly string[]> = new Map([
  [engine(': additional images only'), [engine('')]],
  [engine(': operators and additional images'), [engine('')]],
  [
    '# Where archives, stage and cache live, outside the work tree. Default: $XDG_DATA_HOME/seqmirror/<id>',
    [
      '# Where archives, stage and cache live, an absolute path outside every work tree. Default: $XDG_DATA_HOME/seqmirror/<id>',
    ],
  ],
  [
    '# How bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.',
    [
      '# How chain.lock and bundles are signed: by ssh-keygen, or another program whose command lines sign and verify say.',
      '# Whose signatures count is in allowed_signers beside this file (man ssh-keygen, ALLOWED SIGNERS).',
    ],
  ],
]);
