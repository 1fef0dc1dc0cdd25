import { ask } from '../../system/ask';
import { mirrorUnclear, noMirror } from '../errors';
import type { ExistingMirror } from '../existing-mirrors';

/**
 * Chooses the mirror: the one named, the one around the current folder, the only one, else the one that the person
 * chooses.
 *
 * @param asked a mirror's name or folder
 * @throws SEQ0160 if the workspace has no mirror, SEQ0161 if it stays unclear
 */
export async function chooseMirror(
  mirrors: readonly ExistingMirror[],
  { asked, cwd = '' }: { asked: string | undefined; cwd: string | undefined },
): Promise<ExistingMirror> {
  const [first, ...others] = mirrors;
  if (first === undefined) throw noMirror();
  const around = mirrors.find(({ root }) => root !== '.' && `${cwd}/`.startsWith(`${root}/`));
  if (asked === undefined && (others.length === 0 || around !== undefined)) return around ?? first;
  const known = mirrors.map(({ name }) => name);
  const answer = asked ?? (await ask(`Which mirror? (${known.join(', ')})`));
  const found = mirrors.find(({ name, root }) => answer === name || answer?.replace(/\/$/, '') === root);
  if (found === undefined) throw mirrorUnclear({ asked: answer, known });
  return found;
}
