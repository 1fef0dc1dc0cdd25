/** `npm run docs`: writes the JSON Schemas, the tables of docs/, and the page of error codes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files';

async function main(root: string): Promise<void> {
  for (const [path, text] of await generatedFiles(root)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(path);
  }
}

main(join(__dirname, '../..')).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
