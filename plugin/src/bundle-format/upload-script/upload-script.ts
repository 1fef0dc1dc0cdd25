/**
 * seq-upload.sh, the same in every bundle and sequence of one release. Its source is in parts, one subject per file,
 * which `npm run docs` joins; the joined script is committed and published, with its sha256 beside it.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { seqmirrorVersion } from '../../system/package-version';
import { readNamedText } from '../../system/text-file';

export const uploadScriptFile = 'seq-upload.sh';

let script: string | undefined;

/** The script as this release publishes it. Read once: each sequence of a chain gets it. */
export async function uploadScript(): Promise<string> {
  return (script ??= await readNamedText(join(__dirname, uploadScriptFile)));
}

/** Its sha256, 64 hexadecimal digits. */
export async function uploadScriptSha256(): Promise<string> {
  return (await readNamedText(join(__dirname, `${uploadScriptFile}.sha256`))).slice(0, 64);
}

/**
 * Joins the script from its parts, in the order of their names; the functions for receipts come before the part that
 * uses them.
 */
export async function composeUploadScript(): Promise<string> {
  const folder = join(__dirname, 'parts');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sh')).sort();
  const parts = await Promise.all(
    names.map(async (name) => {
      const part = await readNamedText(join(folder, name));
      if (name !== '80-receipt.sh') return part;
      return `\n${await readNamedText(join(__dirname, '..', 'receipt', 'receipt.sh'))}${part}`;
    }),
  );
  return parts.join('').replace('@VERSION@', seqmirrorVersion());
}
