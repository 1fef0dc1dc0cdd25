/** What to type after `nx g seqmirror:demo`: on the terminal, and in README.md of the demo. */

import { shellWord } from '../../system/shell-word';

export interface Demo {
  /** Its folder, relative to the top of the workspace. */
  readonly root: string;
  /** The project. */
  readonly name: string;
  /** `host:port` of the registry of the site. */
  readonly registry: string;
  /** The data directory, an absolute path. */
  readonly data: string;
}

interface Step {
  readonly text: string;
  /** Lines to type; a command that is long for a terminal goes on in the next line, after a backslash. */
  readonly lines: readonly string[];
}

/** The round in the order of the commands, which are typed at the top of the workspace. */
function stepsOf({ root, name, registry, data }: Demo): readonly Step[] {
  return [
    {
      text: 'In a second terminal, start the upstream and the registry of the site',
      lines: [`nx run ${name}:upstream`],
    },
    { text: 'Mirror three sequences, and look at the chain', lines: [`nx run ${name}:seq3`, `nx run ${name}:list`] },
    {
      text: 'Write a bundle for the site bravo',
      lines: [`nx run ${name}:bundle --site=bravo --output=${root}/disk`],
    },
    {
      text: 'Upload the bundle, as the admin of the site does',
      lines: [
        `sh ${root}/disk/seq-upload.sh ${registry}/ocp \\`,
        `  --dest-tls-verify=false --site-dir=${root}/far-side`,
      ],
    },
    {
      text: 'Record the code that the script printed, and look at what bravo has',
      lines: [`nx run ${name}-site-bravo:acknowledge --code=<code>`, `nx run ${name}:status`],
    },
    {
      text: 'Stop the registries with Ctrl-C, and remove the demo',
      lines: [`rm -rf ${root} \\`, `  ${shellWord(data)}`],
    },
  ];
}

export function nextSteps(demo: Demo): string {
  const lines = stepsOf(demo).flatMap(({ text, lines }, index) => [
    `${index + 1}. ${text}:`,
    ...lines.map((line) => `     ${line}`),
  ]);
  return [`Next, at the top of the workspace (${demo.root}/README.md has these steps too):`, ...lines].join('\n');
}

export function demoReadme(demo: Demo): string {
  const steps = stepsOf(demo).map(
    ({ text, lines }, index) =>
      `${index + 1}. ${text}:\n\n   \`\`\`sh\n${lines.map((line) => `   ${line}\n`).join('')}   \`\`\`\n`,
  );
  return `# ${demo.name}

A demo of seqmirror that needs no network and no credentials. Two registries on this machine play the parts of the
upstream and of the site bravo. The images are small, and have the names of real images.

Type these commands at the top of the workspace. If \`nx\` is not on your PATH, type \`npx nx\`.

${steps.join('\n')}
If a command cannot connect to a registry (ECONNREFUSED), start the registries again. The registry of the site is empty
after each start.
`;
}
