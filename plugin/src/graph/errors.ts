import { printable } from '../system/printable';
import { explain } from '../system/errors';

/** SEQ0166: nx.json gives the plugin an unknown option. */
export const pluginOptionUnknown = explain<string>('SEQ0166', (key) => ({
  what: `nx.json: \`${printable(key)}\` is not an option of the plugin seqmirror`,
  why: 'The option has no effect; a mistyped option would otherwise stay unnoticed',
  next: 'Delete the option. The plugin has only the option `targetPrefix`',
}));

/** SEQ0167: the plugin's targetPrefix would make names that nobody can type. */
export const targetPrefixUnusable = explain<unknown>('SEQ0167', (prefix) => ({
  what: `nx.json: the targetPrefix ${printable(JSON.stringify(prefix) ?? 'undefined')} of seqmirror is not valid`,
  why: 'The names of all targets begin with this prefix. A prefix may have at most 40 letters, digits, `.`, `_` and `-`, because Nx gives other characters a meaning',
  next: 'Write for example `"targetPrefix": "chain-"`',
}));
