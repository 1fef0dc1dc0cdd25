import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { allPages, anchorsIn, commandsIn, fencesIn, inlineCommandsIn, linksIn, withoutFences } from './pages';
import { commandJudge } from './shown-commands';

const root = join(__dirname, '../..');
const pages = allPages(root);

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, 'plugin', path), 'utf8'));
}

describe.each(pages)('$path', ({ path, text }) => {
  it('links to files and headings that exist', () => {
    const broken = linksIn(text).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [file = '', anchor] = target.split('#');
      const place = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(root, place))) return true;
      return anchor !== undefined && !anchorsIn(readFileSync(join(root, place), 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('says of each block what it is', () => {
    const languages = ['console', 'json', 'sh', 'text', 'ts', 'yaml'];
    expect(fencesIn(text).filter(({ language }) => !languages.includes(language))).toEqual([]);
  });

  it('shows commands that exist, with options that they have', () => {
    const judge = commandJudge(root);
    const wrong = commandsIn(text)
      .map(({ line, text: command }) => ({ line, command, problem: judge(command) }))
      .filter(({ problem }) => problem !== undefined);
    expect(wrong).toEqual([]);
  });

  it('names commands that exist in its sentences', () => {
    const judge = commandJudge(root);
    const wrong = inlineCommandsIn(text)
      .map((command) => ({ command, problem: judge(command) }))
      .filter(({ problem }) => problem !== undefined);
    expect(wrong).toEqual([]);
  });

  it('begins no sentence with "Of …" that has no verb', () => {
    const sentences = withoutFences(text).split(/(?<=[.:!?|>-]) +|\n{2,}|\n(?=[-|#])/);
    expect(sentences.filter((sentence) => /^\W*Of\s/.test(sentence))).toEqual([]);
  });

  it('names no folder and no host of a machine', () => {
    expect(text.match(/\/(?:work|root)\/\w+|registry\.npmjs\.org/g) ?? []).toEqual([]);
  });
});

describe('examples in schemas, which Nx prints with --help', () => {
  const { executors } = readJson('executors.json') as { executors: Record<string, { schema: string }> };
  const { generators } = readJson('generators.json') as { generators: Record<string, { schema: string }> };

  it.each([...Object.entries(generators), ...Object.entries(executors)])(
    '%s: exist, with the options that they have',
    (_, entry) => {
      const judge = commandJudge(root);
      const { examples } = readJson(entry.schema.replace('./dist/', 'src/')) as { examples: { command: string }[] };
      expect(examples.map(({ command }) => judge(command)).filter((problem) => problem !== undefined)).toEqual([]);
    },
  );
});

describe('README.md', () => {
  it('has 150 lines at most', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(151);
  });

  it('leads to every page of docs/', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const linked = new Set(linksIn(readme).map((target) => target.split('#')[0]));
    expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
  });
});

describe('commandJudge', () => {
  const judge = commandJudge(root);

  it.each([
    'npx nx run mirror:seq3',
    'nx run mirror:seq2:dry-run',
    'npx nx run mirror-seq3:bundle --reissue=T0007 --volume=3 --output=/media/disk',
    'npx nx g seqmirror:adopt --from-bundle=/media/disk',
    'npm run demo',
    'npx seqmirror list --json | jq .',
    'seqmirror validate --path=/media/disk',
    './seq-upload.sh registry.site:8443/ocp --dry-run',
  ])('knows %s', (command) => {
    expect(judge(command)).toBeUndefined();
  });

  it.each([
    'npx nx run mirror:print',
    'npx nx run mirror:list --tree',
    'npx nx run mirror:validate --depth=shallow',
    'npx nx run mirror:seq2:fast',
    'npx nx g seqmirror:chain',
    'npx nx g seqmirror:site bravo --medium=bd25',
    'npm run deploy',
    'npx seqmirror list --tree',
    './seq-upload.sh registry.site --force-all',
    'curl https://example.com',
  ])('refuses %s', (command) => {
    expect(judge(command)).toEqual(expect.any(String));
  });
});
