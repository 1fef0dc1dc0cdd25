/** All that can be wrong with a file before it is looked at as an imageset configuration, in words. */
import { formatBytes } from '../system/byte-size';
import type { Explanation, Finding, Position } from '../system/errors';
import { shown } from './credentials';

interface Where {
  readonly at: Position;
}

const error = (explanation: Explanation): Finding => ({ severity: 'error', ...explanation });

export function fileTooLarge({ file, bytes, limit }: { file: string; bytes: number; limit: number }): Finding {
  return error({
    code: 'SEQ0104',
    at: { file },
    what: `This file has ${formatBytes(bytes)}; ${formatBytes(limit)} is the most that is read`,
    why: 'An imageset configuration of a thousand entries has less than a tenth of that',
    next: 'Is this the file that was meant?',
  });
}

export function yamlTooDeep({ at }: Where): Finding {
  return error({
    code: 'SEQ0104',
    at,
    what: 'Values are nested too deeply here',
    why: 'An imageset configuration has eleven levels',
  });
}

export function tooManyValues({ at, limit }: Where & { limit: number }): Finding {
  return error({
    code: 'SEQ0104',
    at,
    what: `More than ${limit} values, aliases expanded`,
    why: 'Aliases of aliases multiply; a few lines can stand for billions of values',
    next: 'Write the entries out, or name fewer',
  });
}

export function yamlMalformed({ at, problem }: Where & { problem: string }): Finding {
  return error({
    code: 'SEQ0103',
    at,
    what: `This is not YAML: ${problem}`,
    why: 'Reading stopped here; what is wrong may begin on a line before',
    next: 'Compare indentation, quotes and brackets with the lines above',
  });
}

export function manyDocuments({ at }: Where): Finding {
  return error({
    code: 'SEQ0103',
    at,
    what: 'A second document begins in this file',
    why: 'oc-mirror reads the first one and silently ignores all others',
    next: 'Move it into a file of its own',
  });
}

export function keyWrittenTwice({ at, key }: Where & { key: string }): Finding {
  return error({
    code: 'SEQ0109',
    at,
    what: `The key ${shown(key)} is already in this map`,
    why: 'oc-mirror 4.21 and later refuse the file; earlier ones silently take the last',
    next: 'Remove one of the two, or put their entries together',
  });
}

export function keyUnusable({ at }: Where): Finding {
  return error({ code: 'SEQ0103', at, what: 'This cannot be a key: keys are plain texts, and << takes maps' });
}

export function tagRefused({ at }: Where): Finding {
  return error({
    code: 'SEQ0103',
    at,
    what: 'A YAML tag other than !!str stands before this value',
    next: 'Remove the tag',
  });
}

export function aliasWithoutAnchor({ at, itself }: Where & { itself: boolean }): Finding {
  const what = itself ? 'This alias stands within what it repeats' : 'This alias has no anchor before it';
  return error({ code: 'SEQ0103', at, what });
}

export function anchorUnusable({ at }: Where): Finding {
  return error({
    code: 'SEQ0103',
    at,
    what: 'The anchor of this value has a name of other than letters, digits, _ and -',
  });
}
