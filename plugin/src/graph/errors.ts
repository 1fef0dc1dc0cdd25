import { printable } from '../system/printable';
import { explain } from '../system/errors';

/** SEQ0166: nx.json gives the plugin an unknown option. */
export const pluginOptionUnknown = explain<string>('SEQ0166', (key) => ({
  what: `nx.json: \`${printable(key)}\` is not an option of the plugin seqmirror`,
  why: 'It would have no effect, and nobody would notice',
  next: 'Take it out, or write `targetPrefix`, the only option there is',
}));

/** SEQ0167: the plugin's targetPrefix would make names that nobody can type. */
export const targetPrefixUnusable = explain<unknown>('SEQ0167', (prefix) => ({
  what: `nx.json: targetPrefix of seqmirror is ${printable(JSON.stringify(prefix) ?? 'missing')}; letters, digits, \`.\`, \`_\` and \`-\` are possible, at most 40`,
  why: 'It begins the names of targets, in which Nx gives other characters a meaning',
  next: 'Write for example `"targetPrefix": "chain-"`',
}));
