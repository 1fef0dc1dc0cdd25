/** What seq-upload.sh says passes by what makes text harmless only where there is something to take away. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../testing/lab/requirements';
import { shells } from './toolbox.fixture';

// All that steer a terminal, the ends of what is printable, and of the rest those that begin more than one byte.
const steering = Array.from({ length: 32 }, (_, index) => index + 1);
const others = [65, 125, 126, 127, 128, 133, 155, 159, 160, 194, 226, 255];
const bytes = [...steering, ...others];

const parts = join(__dirname, '../../plugin/src/bundle-format/upload-script/parts');

for (const { shell, needs } of shells) {
  describeWith(needs, `say of seq-upload.sh under ${shell}`, () => {
    it('writes bytes of each kind as clean writes them, wherever the machine is', async () => {
      const words = await readFile(join(parts, '15-words.sh'), 'utf8');
      const comparing = `
        LC_ALL=C
        export LC_ALL
        ${words}
        for number in ${bytes.join(' ')}; do
          text="a $(printf "\\\\$(printf %o "$number")") b"
          [ "$(say "$text"; echo .)" = "$(printf '%s' "$text" | clean; printf '\\n'; echo .)" ] || echo "$number"
        done`;
      const [program = '', ...args] = shell.split(' ');
      const env = { ...process.env, LANG: 'C.UTF-8' };
      expect(execFileSync(program, [...args, '-c', comparing], { env, encoding: 'utf8' })).toBe('');
    });
  });
}
