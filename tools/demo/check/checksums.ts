import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustHold } from '../failed';

/** What `sha256sum -c SHA256SUMS` does, since not every machine has it. Gives the names of the files. */
export async function checkSums(folder: string): Promise<string[]> {
  const lines = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n');
  for (const line of lines) {
    const [sum, name = ''] = line.split(/ [ *]/, 2);
    mustHold((await sha256OfFile(join(folder, name))) === sum, `${join(folder, name)} is not what SHA256SUMS says`);
  }
  return lines.map((line) => line.slice(line.indexOf(' ') + 2));
}

/** In hexadecimal. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
