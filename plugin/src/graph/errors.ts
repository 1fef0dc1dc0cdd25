import { printable } from '../system/printable';
import { SeqmirrorError } from '../system/errors';

/** SEQ0166: nx.json gives the plugin an option that it does not have. */
export function pluginOptionUnknown(key: string): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0166',
    what: `nx.json: \`${printable(key)}\` is not an option of the plugin seqmirror`,
    why: 'It would have no effect, and nobody would notice',
    next: 'Take it out, or write `targetPrefix`, the only option there is',
  });
}

/** SEQ0167: the plugin's targetPrefix would make names that nobody can type. */
export function targetPrefixUnusable(prefix: unknown): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0167',
    what: `nx.json: targetPrefix of seqmirror is ${printable(JSON.stringify(prefix) ?? 'missing')}; letters, digits, \`.\`, \`_\` and \`-\` are possible, at most 40`,
    why: 'It begins the names of targets, in which Nx gives other characters a meaning',
    next: 'Write for example `"targetPrefix": "chain-"`',
  });
}
