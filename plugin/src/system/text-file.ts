import { readFile } from 'node:fs/promises';
import { systemErrorCode } from './errors';
import { fileTrouble } from './system-errors';

/** @throws SEQ0702 when it can't be read */
export async function readText(path: string): Promise<string> {
  const text = await readTextIfThere(path);
  if (text === undefined) throw fileTrouble({ path, verb: 'read', reason: 'ENOENT', cause: undefined });
  return text;
}

/** `undefined` when there is no such file. @throws SEQ0702 when there is one that can't be read */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileTrouble({ path, verb: 'read', reason: systemErrorCode(error) ?? 'unknown reason', cause: error });
  }
}
