/** The modes of files and folders made below a root. */
import type { Root } from './path-below';
import { targetAt } from './path-below';

export interface Modes {
  readonly file: number;
  readonly program: number;
  readonly folder: number;
  /** Whether they hold whatever the umask is. */
  readonly areSet: boolean;
}

const modes = {
  private: { file: 0o600, program: 0o700, folder: 0o700, areSet: true },
  readable: { file: 0o644, program: 0o755, folder: 0o755, areSet: true },
  shared: { file: 0o664, program: 0o775, folder: 0o775, areSet: false },
} as const;

export function modesOf({ path, access }: Root): Modes {
  if (access !== 'as its folder') return modes[access];
  const mode = targetAt(path)?.mode ?? 0;
  return (mode & 0o020) === 0 ? modes.private : modes.shared;
}
