/**
 * Completion in shells. The scripts are small: they pass the words typed so far to `seqmirror completion words`, which
 * prints what can follow, one candidate per line.
 */
import type { CommandOption, Shell, TypedCommand } from './options';
import { allOptionsOf, shells, typedCommands } from './options';

/** The script for a shell, with how to load it in its first line. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  // Bash takes `=` for a word of its own, and must not set a space behind `--output=`.
  bash: `# In ~/.bashrc: source <(seqmirror completion bash)
_seqmirror() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]#=}"))
  [[ \${COMPREPLY[0]-} == *= ]] && compopt -o nospace
}
complete -o default -F _seqmirror seqmirror
`,
  zsh: `#compdef seqmirror
# In ~/.zshrc, behind compinit: source <(seqmirror completion zsh)
_seqmirror() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -S '' -- \${(M)candidates:#*=}
  compadd -- \${candidates:#*=} || _files
}
compdef _seqmirror seqmirror
`,
  // Where seqmirror has no candidate, a path may be meant, behind `--output=` too.
  fish: `# In ~/.config/fish/config.fish: seqmirror completion fish | source
function __seqmirror_candidates
  set -l token (commandline -ct)
  set -l words (seqmirror completion words -- (commandline -opc)[2..] $token 2>/dev/null)
  if set -q words[1]
    printf '%s\\n' $words
  else
    set -l option (string match -r '^--[a-z-]+=' -- $token)
    printf '%s\\n' "$option"(__fish_complete_path (string replace -r '^--[a-z-]+=' '' -- $token))
  end
end
complete -c seqmirror -f -a '(__seqmirror_candidates)'
`,
};

/**
 * What can stand in the place of the last word.
 *
 * @param words the words after `seqmirror`, the last one unfinished
 * @param namesFor the sequences and sites that a command takes
 */
export async function candidates(
  words: readonly string[],
  namesFor: (command: TypedCommand) => Promise<readonly string[]>,
): Promise<string[]> {
  const [first = '', ...rest] = words;
  if (rest.length === 0)
    return [...typedCommands, 'completion', 'help', '--help', '--version'].filter(startsWith(first));
  if (first === 'completion') return shells.filter(startsWith(rest[0] ?? ''));
  if (first === 'help') return typedCommands.filter(startsWith(rest[0] ?? ''));
  const command = typedCommands.find((name) => name === first);
  if (command === undefined) return [];
  const options = allOptionsOf(command);
  const { option, value, isApart } = valueUnderWay(rest, options);
  if (option !== undefined) {
    return option.values.filter(startsWith(value)).map((each) => (isApart ? each : `--${option.name}=${each}`));
  }
  const last = rest.at(-1) ?? '';
  if (last.startsWith('-')) {
    return options.map(({ name, kind }) => (kind === 'flag' ? `--${name}` : `--${name}=`)).filter(startsWith(last));
  }
  return rest.slice(0, -1).some((word) => !word.startsWith('-'))
    ? []
    : (await namesFor(command)).filter(startsWith(last));
}

/** The option whose value is being typed: `--depth=qu` as one word, or in Bash's three: `--depth`, `=`, `qu`. */
function valueUnderWay(words: readonly string[], options: readonly CommandOption[]) {
  const [beforeLast = '', middle = '', last = ''] = [words.at(-3), words.at(-2), words.at(-1)];
  const optionOf = (word: string) => options.find(({ name, kind }) => kind !== 'flag' && word === `--${name}`);
  const joined = /^(--[a-z-]+)=(.*)$/s.exec(last);
  if (joined !== null) return { option: optionOf(joined[1] as string), value: joined[2] as string, isApart: false };
  if (last === '=') return { option: optionOf(middle), value: '', isApart: true };
  if (middle === '=') return { option: optionOf(beforeLast), value: last, isApart: true };
  return { option: optionOf(middle), value: last, isApart: true };
}

function startsWith(begun: string): (word: string) => boolean {
  return (word) => word.startsWith(begun);
}
