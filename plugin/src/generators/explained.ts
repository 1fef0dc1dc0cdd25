import { isSeqmirrorError, renderError } from '../system/errors';
import { columnsOf, fitLines } from '../system/fit-lines';
import type { GeneratorCallback, Tree } from './nx-devkit';

type Generator<Options> = (tree: Tree, options: Options) => Promise<GeneratorCallback>;

/** The generator, with errors printed in full: Nx prints only an error's message. */
export function explained<Options>(generator: Generator<Options>): Generator<Options> {
  return (tree, options) => inFull(() => generator(tree, options));
}

/** A text of a generator for people, as long as lines may be. */
export function forPeople(text: string): string {
  return fitLines(text, columnsOf(process.stdout));
}

/** The same for a generator's callback. */
export async function inFull<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    throw new Error(fitLines(renderError(error), columnsOf(process.stderr)), { cause: error });
  }
}
