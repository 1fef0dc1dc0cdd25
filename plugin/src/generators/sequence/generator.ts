import type { MirrorLocation } from '../../api';
import { clearLeftOvers, isSeqmirrorError } from '../../api';
import { parseImageSet, requireImageSet } from '../../imageset/document';
import { copyOfText } from '../../imageset/edit';
import { parseChainLock, sealedEntries } from '../../sequence/chain-lock';
import { holdsSequence } from '../../sequence/folder';
import { renderSequenceIntent } from '../../sequence/intent';
import { ask } from '../../system/ask';
import { renderExplanation } from '../../system/errors';
import { environmentOutside } from '../../system/workspace-environment';
import { recordSchema } from '../../yaml/schema-version';
import { configUnreadable, nothingToStartFrom } from '../errors';
import { existingMirrors } from '../existing-mirrors';
import { explained, forPeople } from '../explained';
import { formatFiles, logger, type GeneratorCallback, type Tree } from '../nx-devkit';
import { workspacePath } from '../workspace-path';
import { chooseMirror } from './choose-mirror';
import { baseChoice, descriptionFrom, nextSequence, type NextSequence } from './plan-sequence';

export interface SequenceOptions {
  readonly name: string;
  readonly mirror?: string | undefined;
  readonly from?: string | undefined;
  /** A number on a command line arrives as a number. */
  readonly base?: string | number | undefined;
  readonly description?: string | undefined;
  readonly refresh?: boolean | undefined;
  readonly skipFormat?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Makes the next sequence of a mirror: its folder, an unchanged copy of the imageset configuration, and sequence.yaml.
 *
 * @throws SEQ0160 to SEQ0165 for options that are wrong, SEQ01xx for what oc-mirror would refuse in the
 *   configuration; then nothing is written
 */
export async function sequence(tree: Tree, options: SequenceOptions): Promise<GeneratorCallback> {
  const { mirror: asked, cwd, refresh = false, skipFormat = false } = options;
  const env = await environmentOutside(process.env, { folders: [tree.root] });
  const { root, name: mirror } = await chooseMirror(await existingMirrors(tree), { asked, cwd });
  const content = root === '.' ? 'content' : `${root}/content`;
  const folders = tree.children(content).filter((folder) => holdsSequence(tree.children(`${content}/${folder}`)));
  const next = nextSequence(folders, options.name, { sealed: numbersSealed(tree, content) });
  const source = await sourceFile(tree, { content, next, from: options.from, cwd });
  const text = tree.read(source, 'utf8') ?? '';
  if (text === '') throw configUnreadable(source);
  requireImageSet(text, source);

  const folder = `${content}/${next.folder}`;
  const intent = renderSequenceIntent({
    schema: recordSchema,
    description: options.description ?? descriptionFrom(options.name),
    base: baseChoice(String(options.base ?? 'previous'), next),
    ...(refresh ? { refresh } : {}),
    config_source: sourceForPeople(source, { content }),
  });
  tree.write(`${folder}/imageset-config.yaml`, copyOfText(text));
  tree.write(`${folder}/sequence.yaml`, intent);
  if (!skipFormat) await formatFiles(tree);

  return async () => {
    await tellLeftOvers({ workspaceRoot: tree.root, mirrorRoot: root, name: mirror, env });
    for (const finding of parseImageSet(text, `${folder}/imageset-config.yaml`).findings) {
      logger.warn(forPeople(renderExplanation(finding)));
    }
    const edit = options.from === undefined && !refresh ? `Edit ${folder}/imageset-config.yaml, then: ` : 'Next: ';
    logger.info(forPeople(`${edit}nx run ${mirror}:seq${next.number}`));
  };
}

function numbersSealed(tree: Tree, content: string): number[] {
  const { lock } = parseChainLock(tree.read(`${content}/chain.lock`, 'utf8') ?? '', `${content}/chain.lock`);
  return sealedEntries(lock).map(({ number }) => number);
}

/** An error while sweeping would also stop mirroring, which reports it; so the sequence is made anyway. */
async function tellLeftOvers(location: MirrorLocation): Promise<void> {
  try {
    const { swept, kept } = await clearLeftOvers(location, { now: () => new Date() });
    for (const note of swept) logger.info(forPeople(note));
    for (const finding of kept) logger.warn(forPeople(renderExplanation(finding)));
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
  }
}

interface Source {
  readonly content: string;
  readonly next: NextSequence;
  readonly from: string | undefined;
  readonly cwd: string | undefined;
}

async function sourceFile(tree: Tree, { content, next, from, cwd }: Source): Promise<string> {
  if (from !== undefined) return workspacePath(tree, from, { cwd });
  const last = next.before.at(-1);
  if (last !== undefined) return `${content}/${last.folder}/imageset-config.yaml`;
  const answer = await ask('Which imageset configuration should it start from? (a file)');
  if (answer === undefined) throw nothingToStartFrom();
  return workspacePath(tree, answer, { cwd });
}

/** Relative to the new folder if it is a neighbour; only the name if it isn't even in this repository. */
function sourceForPeople(source: string, { content }: Pick<Source, 'content'>): string {
  if (source.startsWith(`${content}/`)) return `..${source.slice(content.length)}`;
  return source.split('/').at(-1) as string;
}

export default explained(sequence);
