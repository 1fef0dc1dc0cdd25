import type { ESLint } from 'eslint';

/** Why one place of plugin/src may not import the other; `undefined` where it may. */
export function objectionTo(from: string, to: string): string | undefined;

declare const plugin: ESLint.Plugin;
export default plugin;
